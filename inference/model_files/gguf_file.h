#pragma once

#include "inference/model_files/mapped_file.h"
#include "inference/model_files/model_file.h"

#include <map>

namespace inglenook {

/// What the bytes of a GGUF file say. The arrays' bytes point into what was parsed.
struct GgufContents {
    Metadata metadata;
    std::vector<ModelArray> arrays; // in the file's order
};

/// Reads a whole GGUF file that lies in memory. Throws FileFault (byte_cursor.h) on the first
/// thing that is not as it must be; never allocates more than a small multiple of what the bytes
/// hold.
[[nodiscard]] GgufContents parseGguf(std::span<const std::byte> file);

/// A GGUF file on disk.
class GgufFile final : public ModelFile {
public:
    /// Throws as openModelFile() does.
    explicit GgufFile(const std::string& path);

    [[nodiscard]] const std::string& path() const override { return m_file.path(); }
    [[nodiscard]] const Metadata& metadata() const override { return m_contents.metadata; }
    [[nodiscard]] std::span<const ModelArray> arrays() const override { return m_contents.arrays; }
    [[nodiscard]] const ModelArray* find(std::string_view name) const override;
    [[nodiscard]] uint64_t fileBytes() const override { return m_file.bytes().size(); }
    void expect(std::span<const std::byte> bytes) const override { m_file.expect(bytes); }

private:
    MappedFile m_file;
    GgufContents m_contents;
    std::map<std::string_view, const ModelArray*> m_byName; // views into m_contents
};

} // namespace inglenook
