#pragma once

#include "inference/model_files/gguf_writer.h"

#include <numeric>

namespace inglenook {

/// A small file that has a value of every kind and arrays of several formats.
struct GgufSample {
    Metadata metadata;
    std::vector<std::vector<std::byte>> contents;
    std::vector<GgufArray> arrays;

    GgufSample()
    {
        metadata.set("general.architecture", std::string("llama"));
        metadata.set("sample.flag", true);
        metadata.set("sample.count", int64_t{7});
        metadata.set("sample.negative", int64_t{-7});
        metadata.set("sample.large", int64_t{1} << 40);
        metadata.set("sample.number", 0.25);
        metadata.set("sample.counts", std::vector<int64_t>{1, -2, 3});
        metadata.set("sample.large_counts", std::vector<int64_t>{int64_t{1} << 40, -1});
        metadata.set("sample.numbers", std::vector<double>{0.5, -1.5});
        metadata.set("sample.texts", std::vector<std::string>{"one", "", "dr\xc3\xa9i"});
        metadata.set("sample.flags", std::vector<bool>{true, false, true});
        addArray("token_embd.weight", "F32", {8, 3}, 8 * 3 * 4);
        addArray("blk.0.attn_q.weight", "Q8_0", {64, 2}, 2 * 2 * 34);
        addArray("blk.0.ffn_up.weight", "Q4_K", {256}, 144);
        addArray("blk.0.odd.weight", "Q8_1", {32, 4, 2}, 8 * 36);
    }

    void addArray(const std::string& name, const std::string& type,
                  const std::vector<int64_t>& dimensions, size_t byteCount)
    {
        std::vector<std::byte> bytes(byteCount);
        for (size_t i = 0; i < byteCount; ++i)
            bytes[i] = static_cast<std::byte>((i * 31 + contents.size()) & 0xff);
        contents.push_back(std::move(bytes));
        arrays.push_back({name, type, dimensions, contents.back()});
    }

    [[nodiscard]] std::vector<std::byte> bytes() const { return ggufBytes(metadata, arrays); }
};

} // namespace inglenook
