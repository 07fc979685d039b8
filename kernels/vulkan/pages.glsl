// Where a page keeps a token's key and value: (key or value, KV head, token, element), as halves in
// words of two, or quants and behind those of all tokens their scales (token, block), as kv_type.h
// has them. A head's keys lie together, so that neighbouring lanes read neighbouring tokens.

const int kPageTokens = 64;
const int kKvBlock = 32;

const int kF16 = 0; // numbers of KvType
const int kQ8_0 = 1;
const int kQ4 = 2;

/// Words of a head of one token, without its scales.
int quantWords(int type, int headSize)
{
    return type == kF16 ? headSize / 2 : type == kQ8_0 ? headSize / 4 : headSize / 8;
}

int scalesOf(int headSize) { return (headSize + kKvBlock - 1) / kKvBlock; }

/// Words of the keys (or the values) of one KV head.
int planeWords(int type, int headSize)
{
    return kPageTokens * quantWords(type, headSize) + (type == kF16 ? 0 : kPageTokens / 2 * scalesOf(headSize));
}

/// The word at which the keys of a KV head start; `plane` is its number, behind those of all keys come
/// those of the values.
int planeStart(int type, int page, int plane, int kvHeads, int headSize)
{
    return (page * 2 * kvHeads + plane) * planeWords(type, headSize);
}
