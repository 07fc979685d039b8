#include "inference/model_files/gguf_file.h"

#include "inference/model_files/byte_cursor.h"
#include "inference/model_files/gguf_metadata.h"
#include "inference/model_files/gguf_types.h"

#include <algorithm>
#include <bit>
#include <limits>

namespace inglenook {

namespace {

constexpr uint64_t kMostArrays = 65'536;
constexpr uint64_t kMostNameBytes = 1024;
constexpr uint32_t kMostDimensions = 4;
constexpr int64_t kLeastAlignment = 8; // bytes
constexpr int64_t kMostAlignment = 65'536;
constexpr uint64_t kLeastArrayBytes = 8 + 1 + 4 + 8 + 4 + 8; // of its description

/// An array and where it lies, from the start of the data.
struct PlacedArray {
    ModelArray array;
    uint64_t offset = 0;
};

[[noreturn]] void refuseArray(std::string_view name, const std::string& reason)
{
    throw FileFault("its array " + quotedName(name) + " " + reason);
}

/// Throws unless the product of two positive numbers can be counted.
int64_t times(int64_t a, int64_t b, std::string_view name)
{
    int64_t product = 0;
    if (__builtin_mul_overflow(a, b, &product))
        refuseArray(name, "claims to be larger than any file");
    return product;
}

uint64_t readCountOfArrays(ByteCursor& cursor)
{
    if (cursor.remaining() < 4 || cursor.read<uint32_t>("") != kGgufMagic)
        throw FileFault("it is not a GGUF file");
    const auto version = cursor.read<uint32_t>("its version");
    if (version != 0 && (version & 0xffff) == 0)
        throw FileFault("it is a GGUF file for big-endian machines");
    if (version != 2 && version != 3)
        throw FileFault("it has GGUF version " + std::to_string(version) +
                        ", and only 2 and 3 are known");
    return cursor.read<uint64_t>("its header");
}

size_t alignmentOf(const Metadata& metadata)
{
    const auto value = metadata.all().find(kGgufAlignmentKey);
    if (value == metadata.all().end())
        return kGgufDefaultAlignment;
    const auto* alignment = std::get_if<int64_t>(&value->second);
    if (!alignment || *alignment < kLeastAlignment || *alignment > kMostAlignment ||
        !std::has_single_bit(static_cast<uint64_t>(*alignment)))
        throw FileFault("its alignment is not a power of two between 8 and 65536");
    return static_cast<size_t>(*alignment);
}

void readShape(ByteCursor& cursor, ModelArray& array)
{
    const auto count = cursor.read<uint32_t>(quotedName(array.name));
    if (count == 0 || count > kMostDimensions)
        refuseArray(array.name, "claims to have " + std::to_string(count) + " dimensions");
    array.rows = 1;
    for (uint32_t i = 0; i < count; ++i) {
        const auto size = cursor.read<int64_t>(quotedName(array.name));
        if (size <= 0)
            refuseArray(array.name, "has a dimension that is zero or negative");
        array.dimensions.push_back(size);
        if (i == 0)
            array.cols = size;
        else
            array.rows = times(array.rows, size, array.name);
    }
    (void)times(array.rows, array.cols, array.name);
}

void readType(ByteCursor& cursor, ModelArray& array)
{
    const auto number = cursor.read<uint32_t>(quotedName(array.name));
    const GgufArrayType* type = findGgufArrayType(number);
    if (!type)
        refuseArray(array.name,
                    "has an unknown number format (" + std::to_string(number) +
                        "), maybe a newer one than this Inglenook");
    if (array.cols % type->blockElements != 0)
        refuseArray(array.name,
                    "has rows of " + std::to_string(array.cols) + " elements, which " +
                        std::string(type->name) + " cannot hold");
    array.typeName = type->name;
    array.supported = type->type.has_value();
    array.type = type->type.value_or(DType::F32);
    const int64_t blocks = array.rows * (array.cols / type->blockElements);
    array.byteCount = static_cast<uint64_t>(times(blocks, type->blockBytes, array.name));
}

std::vector<PlacedArray> readDescriptions(ByteCursor& cursor, uint64_t count)
{
    if (count > kMostArrays || count > cursor.remaining() / kLeastArrayBytes)
        throw FileFault("it claims to hold " + std::to_string(count) + " arrays");
    std::vector<PlacedArray> placed;
    for (uint64_t i = 0; i < count; ++i) {
        const auto length = cursor.read<uint64_t>("an array's name");
        if (length == 0 || length > kMostNameBytes)
            throw FileFault("the name of an array has " + std::to_string(length) + " bytes");
        PlacedArray next;
        next.array.name = cursor.text(length, "an array's name");
        readShape(cursor, next.array);
        readType(cursor, next.array);
        next.offset = cursor.read<uint64_t>(quotedName(next.array.name));
        placed.push_back(std::move(next));
    }
    return placed;
}

void checkNamesDiffer(const std::vector<PlacedArray>& placed)
{
    std::vector<std::string_view> names;
    for (const PlacedArray& each : placed)
        names.push_back(each.array.name);
    std::ranges::sort(names);
    const auto twice = std::ranges::adjacent_find(names);
    if (twice != names.end())
        throw FileFault("it has two arrays named " + quotedName(*twice));
}

void checkPlaces(const std::vector<PlacedArray>& placed, size_t alignment, uint64_t dataBytes)
{
    std::vector<const PlacedArray*> ordered;
    for (const PlacedArray& each : placed) {
        if (each.offset % alignment != 0)
            refuseArray(each.array.name,
                        "does not start at a multiple of " + std::to_string(alignment) + " bytes");
        if (each.offset > dataBytes || each.array.byteCount > dataBytes - each.offset)
            refuseArray(each.array.name, "lies behind the end of the file");
        ordered.push_back(&each);
    }
    std::ranges::sort(ordered, {}, &PlacedArray::offset);
    for (size_t i = 1; i < ordered.size(); ++i)
        if (ordered[i]->offset - ordered[i - 1]->offset < ordered[i - 1]->array.byteCount)
            refuseArray(ordered[i]->array.name,
                        "overlaps with " + quotedName(ordered[i - 1]->array.name));
}

void checkWhole(const Metadata& metadata)
{
    const auto parts = metadata.all().find("split.count");
    if (parts == metadata.all().end())
        return;
    const auto* count = std::get_if<int64_t>(&parts->second);
    if (!count || *count > 1)
        throw FileFault("it is one part of a model that was split into several files, which "
                        "Inglenook cannot join");
}

[[noreturn]] void refuseFile(const std::string& path, const std::string& fault)
{
    throw std::runtime_error("Cannot use \"" + path + "\" as a model: " + fault +
                             ". Download the file again or choose another one.");
}

} // namespace

GgufContents parseGguf(std::span<const std::byte> file)
{
    ByteCursor cursor(file);
    const uint64_t arrayCount = readCountOfArrays(cursor);
    const auto valueCount = cursor.read<uint64_t>("its header");
    GgufContents contents;
    contents.metadata = readGgufMetadata(cursor, valueCount);
    checkWhole(contents.metadata);
    const size_t alignment = alignmentOf(contents.metadata);
    std::vector<PlacedArray> placed = readDescriptions(cursor, arrayCount);
    checkNamesDiffer(placed);

    // A file of metadata alone may end here, without padding.
    const size_t padding = (alignment - cursor.position() % alignment) % alignment;
    if (!placed.empty())
        (void)cursor.take(padding, "its list of arrays");
    checkPlaces(placed, alignment, cursor.remaining());
    const auto data = file.subspan(cursor.position());
    for (PlacedArray& each : placed) {
        each.array.bytes = data.subspan(static_cast<size_t>(each.offset),
                                        static_cast<size_t>(each.array.byteCount));
        contents.arrays.push_back(std::move(each.array));
    }
    return contents;
}

GgufFile::GgufFile(const std::string& path)
    : m_file(path)
{
    try {
        m_contents = parseGguf(m_file.bytes());
    } catch (const FileFault& fault) {
        refuseFile(path, fault.what());
    }
    for (const ModelArray& array : m_contents.arrays)
        m_byName.emplace(array.name, &array);
}

const ModelArray* GgufFile::find(std::string_view name) const
{
    const auto found = m_byName.find(name);
    return found == m_byName.end() ? nullptr : found->second;
}

std::unique_ptr<ModelFile> openModelFile(const std::string& path)
{
    return std::make_unique<GgufFile>(path);
}

} // namespace inglenook
