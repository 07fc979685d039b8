#include "inference/model_files/gguf_metadata.h"

#include "inference/model_files/gguf_types.h"

#include <algorithm>
#include <limits>

namespace inglenook {

namespace {

constexpr uint64_t kMostValues = 65'536;
constexpr uint64_t kMostNameBytes = 65'535;
constexpr uint64_t kMostTextBytes = uint64_t{16} << 20;
// The largest vocabularies have half a million merges.
constexpr uint64_t kMostElements = uint64_t{4} << 20;
constexpr uint64_t kLeastValueBytes = 8 + 1 + 4 + 1; // length, name, kind, value

struct Entry {
    std::string_view key;
    uint32_t type;
    size_t position; // of the value
};

[[noreturn]] void refuseValue(const std::string& name, const std::string& reason)
{
    throw FileFault("its value " + name + " " + reason);
}

uint64_t readTextLength(ByteCursor& cursor, const std::string& name)
{
    const auto length = cursor.read<uint64_t>(name);
    if (length > kMostTextBytes)
        refuseValue(name, "claims a text of " + std::to_string(length) + " bytes");
    return length;
}

void checkBooleans(std::span<const std::byte> bytes, const std::string& name)
{
    for (const std::byte byte : bytes)
        if (byte > std::byte{1})
            refuseValue(name, "must be true or false but is neither");
}

void checkArray(ByteCursor& cursor, const std::string& name)
{
    const auto type = cursor.read<uint32_t>(name);
    const auto count = cursor.read<uint64_t>(name);
    if (type == static_cast<uint32_t>(GgufValueType::Array))
        refuseValue(name, "is a list of lists, which Inglenook cannot read");
    const bool texts = type == static_cast<uint32_t>(GgufValueType::String);
    const uint64_t least = texts ? 8 : ggufValueBytes(type);
    if (least == 0)
        refuseValue(name, "is a list of an unknown kind (" + std::to_string(type) + ")");
    if (count > kMostElements || count > cursor.remaining() / least)
        refuseValue(name, "claims a list of " + std::to_string(count) + " elements");
    if (texts) {
        for (uint64_t i = 0; i < count; ++i)
            (void)cursor.take(readTextLength(cursor, name), name);
        return;
    }
    const auto bytes = cursor.take(count * least, name);
    if (type == static_cast<uint32_t>(GgufValueType::Bool))
        checkBooleans(bytes, name);
}

void checkValue(ByteCursor& cursor, uint32_t type, const std::string& name)
{
    if (type == static_cast<uint32_t>(GgufValueType::Array)) {
        checkArray(cursor, name);
    } else if (type == static_cast<uint32_t>(GgufValueType::String)) {
        (void)cursor.take(readTextLength(cursor, name), name);
    } else {
        const uint64_t size = ggufValueBytes(type);
        if (size == 0)
            refuseValue(name, "is of an unknown kind (" + std::to_string(type) + ")");
        const auto bytes = cursor.take(size, name);
        if (type == static_cast<uint32_t>(GgufValueType::Bool))
            checkBooleans(bytes, name);
    }
}

void checkNamesDiffer(const std::vector<Entry>& entries)
{
    std::vector<std::string_view> keys;
    for (const Entry& entry : entries)
        keys.push_back(entry.key);
    std::ranges::sort(keys);
    const auto twice = std::ranges::adjacent_find(keys);
    if (twice != keys.end())
        throw FileFault("it has two values named " + quotedName(*twice));
}

int64_t readWhole(ByteCursor& cursor, uint32_t type, std::string_view key)
{
    switch (static_cast<GgufValueType>(type)) {
    case GgufValueType::U8:
        return cursor.read<uint8_t>(key);
    case GgufValueType::I8:
        return cursor.read<int8_t>(key);
    case GgufValueType::U16:
        return cursor.read<uint16_t>(key);
    case GgufValueType::I16:
        return cursor.read<int16_t>(key);
    case GgufValueType::U32:
        return cursor.read<uint32_t>(key);
    case GgufValueType::I32:
        return cursor.read<int32_t>(key);
    case GgufValueType::I64:
        return cursor.read<int64_t>(key);
    default:
        break;
    }
    const auto value = cursor.read<uint64_t>(key);
    if (value > static_cast<uint64_t>(std::numeric_limits<int64_t>::max()))
        refuseValue(quotedName(key), "is larger than any number that makes sense");
    return static_cast<int64_t>(value);
}

double readNumber(ByteCursor& cursor, uint32_t type, std::string_view key)
{
    if (static_cast<GgufValueType>(type) == GgufValueType::F32)
        return static_cast<double>(cursor.read<float>(key));
    return cursor.read<double>(key);
}

std::string readText(ByteCursor& cursor, std::string_view key)
{
    const auto length = cursor.read<uint64_t>(key);
    return std::string(cursor.text(length, key));
}

template <typename Kind, typename Read> std::vector<Kind> readList(uint64_t count, Read&& read)
{
    std::vector<Kind> list;
    list.reserve(static_cast<size_t>(count));
    for (uint64_t i = 0; i < count; ++i)
        list.push_back(read());
    return list;
}

Metadata::Value readArray(ByteCursor& cursor, std::string_view key)
{
    const auto type = cursor.read<uint32_t>(key);
    const auto count = cursor.read<uint64_t>(key);
    switch (static_cast<GgufValueType>(type)) {
    case GgufValueType::String:
        return readList<std::string>(count, [&] { return readText(cursor, key); });
    case GgufValueType::Bool:
        return readList<bool>(count, [&] { return cursor.read<uint8_t>(key) == 1; });
    case GgufValueType::F32:
    case GgufValueType::F64:
        return readList<double>(count, [&] { return readNumber(cursor, type, key); });
    default:
        return readList<int64_t>(count, [&] { return readWhole(cursor, type, key); });
    }
}

Metadata::Value readValue(ByteCursor& cursor, const Entry& entry)
{
    switch (static_cast<GgufValueType>(entry.type)) {
    case GgufValueType::Array:
        return readArray(cursor, entry.key);
    case GgufValueType::String:
        return readText(cursor, entry.key);
    case GgufValueType::Bool:
        return cursor.read<uint8_t>(entry.key) == 1;
    case GgufValueType::F32:
    case GgufValueType::F64:
        return readNumber(cursor, entry.type, entry.key);
    default:
        return readWhole(cursor, entry.type, entry.key);
    }
}

} // namespace

std::string quotedName(std::string_view name)
{
    constexpr size_t kShown = 80;
    std::string shown = "\"";
    for (const char c : name.substr(0, kShown))
        shown += c >= ' ' && c <= '~' ? c : '?';
    return shown + (name.size() > kShown ? "...\"" : "\"");
}

Metadata readGgufMetadata(ByteCursor& cursor, uint64_t count)
{
    if (count > kMostValues || count > cursor.remaining() / kLeastValueBytes)
        throw FileFault("it claims to hold " + std::to_string(count) + " values");
    std::vector<Entry> entries;
    for (uint64_t i = 0; i < count; ++i) {
        const auto length = cursor.read<uint64_t>("a value's name");
        if (length == 0 || length > kMostNameBytes)
            throw FileFault("the name of a value has " + std::to_string(length) + " bytes");
        const auto key = cursor.text(length, "a value's name");
        const std::string name = quotedName(key);
        const auto type = cursor.read<uint32_t>(name);
        entries.push_back({.key = key, .type = type, .position = cursor.position()});
        checkValue(cursor, type, name);
    }
    checkNamesDiffer(entries);

    Metadata metadata;
    const size_t end = cursor.position();
    for (const Entry& entry : entries) {
        cursor.seek(entry.position);
        metadata.set(std::string(entry.key), readValue(cursor, entry));
    }
    cursor.seek(end);
    return metadata;
}

} // namespace inglenook
