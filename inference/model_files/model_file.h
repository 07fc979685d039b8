#pragma once

#include "inference/model_files/metadata.h"
#include "kernels/dtype.h"

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace inglenook {

/// One array of a model file. `rows` x `cols` with `cols` contiguous elements; more than two
/// dimensions are folded into rows. The bytes are mapped from the file and live as long as it is
/// open.
struct ModelArray {
    std::string name;
    std::string typeName; // as in the file, also for formats we cannot compute with
    bool supported = true; // whether `type` holds
    DType type = DType::F32;
    std::vector<int64_t> dimensions; // in the file's order, fastest first
    int64_t rows = 0;
    int64_t cols = 0;
    uint64_t byteCount = 0;
    std::span<const std::byte> bytes;
};

/// A model on disk: metadata and named arrays, no meaning attached. Immutable; may be read from any
/// thread.
class ModelFile {
public:
    virtual ~ModelFile() = default;

    [[nodiscard]] virtual const std::string& path() const = 0;
    [[nodiscard]] virtual const Metadata& metadata() const = 0;
    [[nodiscard]] virtual std::span<const ModelArray> arrays() const = 0;
    /// Null if there is none of that name.
    [[nodiscard]] virtual const ModelArray* find(std::string_view name) const = 0;
    [[nodiscard]] virtual uint64_t fileBytes() const = 0;

    /// Tells that these bytes of an array are wanted soon: the system reads them while others are
    /// worked on. Does not wait for them.
    virtual void expect(std::span<const std::byte>) const { }
};

/// Opens and checks a GGUF file (version 2 or 3, little-endian): everything is validated before
/// anything is allocated, whatever the file claims. Throws std::runtime_error with one sentence:
/// which file, what is wrong, what to do.
[[nodiscard]] std::unique_ptr<ModelFile> openModelFile(const std::string& path);

} // namespace inglenook
