// Where a page keeps a token's key and value: (key or value, KV head, token, element), as halves in
// words of two. A head's keys lie together, so that neighbouring lanes read neighbouring tokens.

const int kPageTokens = 64;

/// The word at which the key of a token starts; its value lies kvHeads * kPageTokens * headSize / 2 words
/// behind. The page is the token's, `place` its place in it.
int keyWord(int page, int place, int kvHead, int kvHeads, int headSize)
{
    return ((page * 2 * kvHeads + kvHead) * kPageTokens + place) * (headSize / 2);
}

int valueWords(int kvHeads, int headSize) { return kvHeads * kPageTokens * (headSize / 2); }
