#include "kernels/checks.h"

#include <limits>
#include <stdexcept>
#include <string>

namespace inglenook {

namespace {

using namespace std::string_literals;

[[noreturn]] void refuse(const char* operation, const std::string& sentence)
{
    throw std::invalid_argument(operation + ": "s + sentence);
}

std::string number(long long n)
{
    return std::to_string(n);
}

std::string sizes(const Tensor& t)
{
    return "(" + number(t.rows) + ", " + number(t.cols) + ")";
}

std::string sizes(const Weight& w)
{
    return "(" + number(w.out) + ", " + number(w.in) + ")";
}

/// Bytes from the first element of a view to behind its last.
size_t extent(const Tensor& t)
{
    if (t.rows == 0)
        return 0;
    return (static_cast<size_t>(t.rows - 1) * static_cast<size_t>(t.stride) +
            static_cast<size_t>(t.cols)) *
        4;
}

/// A view of the type inside its buffer; it may have no rows.
void checkView(const char* operation, const char* what, const Tensor& t, DType type = DType::F32)
{
    if (!t)
        refuse(operation, what + " is missing"s);
    if (t.type != type)
        refuse(operation,
               what + " is "s + std::string(name(t.type)) + ", not " + std::string(name(type)));
    if (t.rows < 0 || t.cols < 1 || t.stride < t.cols || t.offset % 4 != 0)
        refuse(operation,
               what + " "s + sizes(t) + " with stride " + number(t.stride) + " and offset " +
                   std::to_string(t.offset) + " is no view");
    const size_t bytes = t.buffer->bytes();
    if (t.offset > bytes || extent(t) > bytes - t.offset)
        refuse(operation,
               what + " "s + sizes(t) + " reaches beyond its buffer of " + std::to_string(bytes) +
                   " bytes");
}

void checkSizes(const char* operation, const char* what, const Tensor& t, int rows, int cols,
                DType type = DType::F32)
{
    checkView(operation, what, t, type);
    if (t.rows != rows || t.cols != cols)
        refuse(operation,
               what + " is "s + sizes(t) + ", not (" + number(rows) + ", " + number(cols) + ")");
}

void checkVector(const char* operation, const char* what, const Weight& w, int elements)
{
    if (!w)
        refuse(operation, what + " is missing"s);
    if (w.out != 1 || w.in != elements)
        refuse(operation, what + " is "s + sizes(w) + ", not (1, " + number(elements) + ")");
}

/// Whether two views share an element. Columns of one matrix may lie beside each other.
bool overlap(const Tensor& a, const Tensor& b)
{
    if (a.buffer != b.buffer || a.offset + extent(a) <= b.offset ||
        b.offset + extent(b) <= a.offset)
        return false;
    if (a.stride != b.stride || a.rows == 0 || b.rows == 0)
        return a.rows != 0 && b.rows != 0;
    const Tensor& first = a.offset <= b.offset ? a : b;
    const Tensor& second = a.offset <= b.offset ? b : a;
    const auto stride = static_cast<size_t>(a.stride);
    const size_t column = (second.offset - first.offset) / 4 % stride;
    return column < static_cast<size_t>(first.cols) ||
        column + static_cast<size_t>(second.cols) > stride;
}

bool sameStart(const Tensor& a, const Tensor& b)
{
    return a.buffer == b.buffer && a.offset == b.offset && a.stride == b.stride;
}

void checkApart(const char* operation, const char* what, const Tensor& a, const Tensor& b)
{
    if (overlap(a, b))
        refuse(operation, what + " overlap"s);
}

void checkShape(const char* operation, const AttentionShape& s)
{
    if (s.heads < 1 || s.kvHeads < 1 || s.heads % s.kvHeads != 0)
        refuse(operation,
               number(s.heads) + " query heads cannot share " + number(s.kvHeads) +
                   " key heads evenly");
    if (s.headSize < 2 || s.headSize % 2 != 0)
        refuse(operation, "a head size of " + number(s.headSize) + " is not even");
    if (s.window < 0)
        refuse(operation, "a window of " + number(s.window) + " tokens");
}

void checkCache(const char* operation, const KvPages& kv, const AttentionShape& shape)
{
    checkShape(operation, shape);
    if (!kv.buffer)
        refuse(operation, "the cache is missing");
    const size_t needed = static_cast<size_t>(kv.pageCount) * kv.pageBytes(shape);
    if (!canKeep(kv.type, shape.headSize))
        refuse(operation,
               "heads of " + number(shape.headSize) + " elements cannot be kept as " +
                   std::string(name(kv.type)));
    if (kv.pageCount < 1 || kv.buffer->bytes() < needed)
        refuse(operation,
               number(kv.pageCount) + " pages need " + std::to_string(needed) +
                   " bytes, the cache has " + std::to_string(kv.buffer->bytes()));
}

void checkPages(const char* operation, const KvPages& kv, const AttentionShape& shape,
                const StepInputs& in, int rows)
{
    checkCache(operation, kv, shape);
    checkView(operation, "the page table", kv.pageTable, DType::I32);
    checkSizes(operation, "positions", in.positions, rows, 1, DType::I32);
    checkSizes(operation, "slots", in.slots, rows, 1, DType::I32);
    if (in.contextBound < 1)
        refuse(operation, "a context bound of " + number(in.contextBound));
}

} // namespace

void checkLoad(std::span<const WeightPart> parts, int in)
{
    if (parts.empty() || in < 1)
        refuse("load", "nothing to load");
    int64_t rows = 0;
    for (const WeightPart& part : parts) {
        const std::string type(name(part.type));
        if (part.type == DType::I32 || part.out < 1)
            refuse("load", number(part.out) + " rows of " + type + " are no weight");
        if (in % facts(part.type).blockElements != 0)
            refuse("load", "rows of " + number(in) + " columns are not whole blocks of " + type);
        const size_t needed = static_cast<size_t>(part.out) * rowBytes(part.type, in);
        if (part.rows.size() != needed)
            refuse("load",
                   number(part.out) + " rows of " + number(in) + " columns of " + type + " take " +
                       std::to_string(needed) + " bytes, not " + std::to_string(part.rows.size()));
        rows += part.out;
    }
    if (rows > std::numeric_limits<int>::max())
        refuse("load", number(rows) + " rows are too many");
}

void checkCopy(const Tensor& tensor, size_t bytes)
{
    checkView("copy", "the tensor", tensor, tensor.type == DType::I32 ? DType::I32 : DType::F32);
    if (bytes != static_cast<size_t>(tensor.rows) * static_cast<size_t>(tensor.cols) * 4)
        refuse("copy", std::to_string(bytes) + " bytes do not fill " + sizes(tensor) + " elements");
}

void checkCopyPages(const KvPages& kv, std::span<const int> pages, const AttentionShape& shape,
                    size_t bytes)
{
    checkCache("copyPages", kv, shape);
    for (const int page : pages)
        if (page < 0 || page >= kv.pageCount)
            refuse("copyPages", "page " + number(page) + " of " + number(kv.pageCount));
    const size_t needed = pages.size() * kv.pageBytes(shape);
    if (bytes != needed)
        refuse("copyPages",
               std::to_string(pages.size()) + " pages take " + std::to_string(needed) +
                   " bytes, not " + std::to_string(bytes));
}

void checkEmbed(const Tensor& y, const Weight& table, const Tensor& ids)
{
    if (!table)
        refuse("embed", "the table is missing");
    checkSizes("embed", "y", y, y.rows, table.in);
    checkSizes("embed", "ids", ids, y.rows, 1, DType::I32);
}

void checkRmsNorm(const Tensor& y, const Tensor& x, const Weight& weight)
{
    checkView("rmsNorm", "x", x);
    checkSizes("rmsNorm", "y", y, x.rows, x.cols);
    checkVector("rmsNorm", "the weight", weight, x.cols);
    if (!sameStart(y, x))
        checkApart("rmsNorm", "x and y", x, y);
}

void checkMatmul(const Tensor& y, const Tensor& x, const Weight& w, const Weight& bias)
{
    if (!w)
        refuse("matmul", "the weight is missing");
    checkSizes("matmul", "x", x, x.rows, w.in);
    checkSizes("matmul", "y", y, x.rows, w.out);
    if (bias)
        checkVector("matmul", "the bias", bias, w.out);
    checkApart("matmul", "x and y", x, y);
}

void checkRotateAndStore(const Tensor& qkv, const KvPages& kv, const QkNorm& norm, const Rope& rope,
                         const AttentionShape& shape, const StepInputs& in)
{
    const char* operation = "rotateAndStore";
    checkPages(operation, kv, shape, in, qkv.rows);
    checkSizes(operation, "qkv", qkv, qkv.rows, shape.qkvCols());
    if (norm.q)
        checkVector(operation, "the query norm", norm.q, shape.headSize);
    if (norm.k)
        checkVector(operation, "the key norm", norm.k, shape.headSize);
    if (rope.dims < 0 || rope.dims % 2 != 0 || rope.dims > shape.headSize)
        refuse(operation,
               number(rope.dims) + " rotated elements of a head of " + number(shape.headSize));
    if (rope.dims > 0)
        checkSizes(operation, "the rotation", rope.rotation, qkv.rows, rope.dims);
}

void checkAttention(const Tensor& y, const Tensor& qkv, const KvPages& kv,
                    const AttentionShape& shape, const StepInputs& in, const Weight& sinks)
{
    checkPages("attention", kv, shape, in, qkv.rows);
    checkSizes("attention", "qkv", qkv, qkv.rows, shape.qkvCols());
    checkSizes("attention", "y", y, qkv.rows, shape.queryCols());
    if (sinks)
        checkVector("attention", "the sinks", sinks, shape.heads);
    checkApart("attention", "qkv and y", qkv, y);
}

void checkGlu(const Tensor& y, const Tensor& gateUp)
{
    checkView("glu", "y", y);
    checkSizes("glu", "gateUp", gateUp, y.rows, 2 * y.cols);
    if (!sameStart(y, gateUp))
        checkApart("glu", "gateUp and y", gateUp, y);
}

void checkAdd(const Tensor& x, const Tensor& y)
{
    checkView("add", "x", x);
    checkSizes("add", "y", y, x.rows, x.cols);
    checkApart("add", "x and y", x, y);
}

void checkGatherRows(const Tensor& y, const Tensor& x, const Tensor& rows)
{
    checkView("gatherRows", "x", x);
    checkSizes("gatherRows", "y", y, y.rows, x.cols);
    checkSizes("gatherRows", "rows", rows, y.rows, 1, DType::I32);
    checkApart("gatherRows", "x and y", x, y);
}

void checkSoftcap(const Tensor& x, float cap)
{
    checkView("softcap", "x", x);
    if (!(cap > 0.f))
        refuse("softcap", "a cap of " + std::to_string(cap));
}

void checkTopCandidates(const Tensor& found, const Tensor& logits)
{
    checkView("topCandidates", "logits", logits);
    checkSizes("topCandidates", "found", found, logits.rows, kCandidateCols, DType::I32);
    checkApart("topCandidates", "logits and found", logits, found);
}

void checkRouteExperts(const Tensor& ids, const Tensor& weights, const Tensor& logits)
{
    checkView("routeExperts", "logits", logits);
    checkView("routeExperts", "ids", ids, DType::I32);
    checkSizes("routeExperts", "ids", ids, logits.rows, ids.cols, DType::I32);
    checkSizes("routeExperts", "weights", weights, logits.rows, ids.cols);
    if (ids.cols > logits.cols)
        refuse("routeExperts", number(ids.cols) + " picks of " + number(logits.cols) + " experts");
    checkApart("routeExperts", "logits and weights", logits, weights);
}

void checkExpertMatmul(const Tensor& y, const Tensor& x, const Weight& experts, const Tensor& ids,
                       const Weight& bias)
{
    if (!experts)
        refuse("expertMatmul", "the weight is missing");
    checkView("expertMatmul", "ids", ids, DType::I32);
    const int results = ids.rows * ids.cols;
    checkSizes("expertMatmul", "y", y, results, y.cols);
    checkSizes("expertMatmul", "x", x, x.rows == ids.rows ? ids.rows : results, experts.in);
    if (experts.out % y.cols != 0)
        refuse("expertMatmul",
               "the weight " + sizes(experts) + " is not made of matrices of " + number(y.cols) +
                   " rows");
    if (bias)
        checkVector("expertMatmul", "the bias", bias, experts.out);
    checkApart("expertMatmul", "x and y", x, y);
}

void checkWeightedSum(const Tensor& y, const Tensor& x, const Tensor& weights)
{
    checkView("weightedSum", "weights", weights);
    checkView("weightedSum", "y", y);
    checkSizes("weightedSum", "y", y, weights.rows, y.cols);
    checkSizes("weightedSum", "x", x, weights.rows * weights.cols, y.cols);
    checkApart("weightedSum", "x and y", x, y);
}

void checkAllReduce(const Tensor& x)
{
    checkView("allReduce", "x", x);
    if (x.stride != x.cols)
        refuse("allReduce", "x with stride " + number(x.stride) + " is not packed");
}

} // namespace inglenook
