#include "inference/model_files/gguf_writer.h"

#include "inference/model_files/gguf_types.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <functional>
#include <limits>
#include <stdexcept>
#include <type_traits>

namespace inglenook {

namespace {

class ByteWriter {
public:
    template <typename Number> void number(Number value)
    {
        std::byte bytes[sizeof value];
        std::memcpy(bytes, &value, sizeof value);
        m_bytes.insert(m_bytes.end(), bytes, bytes + sizeof value);
    }

    void type(GgufValueType type) { number(static_cast<uint32_t>(type)); }

    void text(std::string_view text)
    {
        number(uint64_t{text.size()});
        const auto bytes = std::as_bytes(std::span(text));
        m_bytes.insert(m_bytes.end(), bytes.begin(), bytes.end());
    }

    void pad(size_t alignment)
    {
        m_bytes.resize((m_bytes.size() + alignment - 1) / alignment * alignment);
    }

    [[nodiscard]] std::vector<std::byte> take() { return std::move(m_bytes); }

private:
    std::vector<std::byte> m_bytes;
};

bool fits32(int64_t value)
{
    return value >= std::numeric_limits<int32_t>::min() &&
        value <= std::numeric_limits<int32_t>::max();
}

struct ValueWriter {
    ByteWriter& out;

    void operator()(bool value) const
    {
        out.type(GgufValueType::Bool);
        out.number(static_cast<uint8_t>(value));
    }
    void operator()(int64_t value) const
    {
        if (value >= 0 && value <= std::numeric_limits<uint32_t>::max()) {
            out.type(GgufValueType::U32);
            out.number(static_cast<uint32_t>(value));
        } else if (fits32(value)) {
            out.type(GgufValueType::I32);
            out.number(static_cast<int32_t>(value));
        } else {
            out.type(GgufValueType::I64);
            out.number(value);
        }
    }
    void operator()(double value) const
    {
        out.type(GgufValueType::F32);
        out.number(static_cast<float>(value));
    }
    void operator()(const std::string& value) const
    {
        out.type(GgufValueType::String);
        out.text(value);
    }
    void operator()(const std::vector<int64_t>& values) const
    {
        const bool small = std::ranges::all_of(values, fits32);
        list(small ? GgufValueType::I32 : GgufValueType::I64, values.size());
        for (const int64_t value : values)
            small ? out.number(static_cast<int32_t>(value)) : out.number(value);
    }
    void operator()(const std::vector<double>& values) const
    {
        list(GgufValueType::F32, values.size());
        for (const double value : values)
            out.number(static_cast<float>(value));
    }
    void operator()(const std::vector<std::string>& values) const
    {
        list(GgufValueType::String, values.size());
        for (const std::string& value : values)
            out.text(value);
    }
    void operator()(const std::vector<bool>& values) const
    {
        list(GgufValueType::Bool, values.size());
        for (const bool value : values)
            out.number(static_cast<uint8_t>(value));
    }

    void list(GgufValueType type, size_t count) const
    {
        out.type(GgufValueType::Array);
        out.type(type);
        out.number(uint64_t{count});
    }
};

const GgufArrayType& typeOf(const GgufArray& array)
{
    const GgufArrayType* type = findGgufArrayType(std::string_view(array.typeName));
    if (!type)
        throw std::invalid_argument("The array \"" + array.name + "\" has the unknown type " +
                                    array.typeName + ".");
    size_t elements = array.dimensions.empty() ? 0 : 1;
    for (const int64_t size : array.dimensions)
        elements *= static_cast<size_t>(size);
    const size_t bytes =
        elements / static_cast<size_t>(type->blockElements) * static_cast<size_t>(type->blockBytes);
    if (array.bytes.size() != bytes)
        throw std::invalid_argument("The array \"" + array.name + "\" has " +
                                    std::to_string(array.bytes.size()) +
                                    " bytes, but its shape needs " + std::to_string(bytes) + ".");
    return *type;
}

size_t padded(size_t bytes, size_t alignment)
{
    return (bytes + alignment - 1) / alignment * alignment;
}

std::vector<std::byte> headerBytes(const Metadata& metadata, std::span<const GgufArray> arrays,
                                   size_t alignment)
{
    ByteWriter out;
    out.number(kGgufMagic);
    out.number(uint32_t{3});
    out.number(uint64_t{arrays.size()});
    out.number(uint64_t{metadata.all().size()});
    for (const auto& [key, value] : metadata.all()) {
        out.text(key);
        std::visit(ValueWriter{out}, value);
    }
    uint64_t offset = 0;
    for (const GgufArray& array : arrays) {
        out.text(array.name);
        out.number(static_cast<uint32_t>(array.dimensions.size()));
        for (const int64_t size : array.dimensions)
            out.number(size);
        out.number(typeOf(array).number);
        out.number(offset);
        offset += padded(array.bytes.size(), alignment);
    }
    out.pad(alignment);
    return out.take();
}

/// Hands over the file piece by piece, so that a large one need not lie in memory twice.
void forEachPiece(const Metadata& metadata, std::span<const GgufArray> arrays,
                  const std::function<void(std::span<const std::byte>)>& write)
{
    const auto alignment = static_cast<size_t>(
        metadata.integer(kGgufAlignmentKey, 8, 65'536).value_or(kGgufDefaultAlignment));
    write(headerBytes(metadata, arrays, alignment));
    const std::vector<std::byte> zeros(alignment);
    for (const GgufArray& array : arrays) {
        write(array.bytes);
        write(std::span(zeros).first(padded(array.bytes.size(), alignment) - array.bytes.size()));
    }
}

} // namespace

std::vector<std::byte> ggufBytes(const Metadata& metadata, std::span<const GgufArray> arrays)
{
    std::vector<std::byte> file;
    forEachPiece(metadata, arrays, [&](std::span<const std::byte> piece) {
        file.insert(file.end(), piece.begin(), piece.end());
    });
    return file;
}

void writeGguf(const std::string& path, const Metadata& metadata, std::span<const GgufArray> arrays)
{
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    forEachPiece(metadata, arrays, [&](std::span<const std::byte> piece) {
        file.write(reinterpret_cast<const char*>(piece.data()),
                   static_cast<std::streamsize>(piece.size()));
    });
    file.close();
    if (!file)
        throw std::runtime_error("Cannot write the file \"" + path + "\".");
}

} // namespace inglenook
