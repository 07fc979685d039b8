#pragma once

#include "inference/model/model_spec.h"
#include "inference/model_files/model_file.h"

#include <initializer_list>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace inglenook {

/// Reads the keys of one family from a file ("llama.block_count" is asked for as "block_count") and
/// remembers which were read, so that none that changes the result is passed over in silence. All
/// refusals are std::runtime_error naming the key.
class SpecReader {
public:
    explicit SpecReader(const ModelFile& file);

    [[nodiscard]] const std::string& architecture() const { return m_architecture; }

    [[nodiscard]] int integer(std::string_view key, int least, int most);
    [[nodiscard]] std::optional<int> optionalInteger(std::string_view key, int least, int most);
    [[nodiscard]] std::optional<double> optionalNumber(std::string_view key, double least,
                                                       double most);
    [[nodiscard]] std::optional<std::string> optionalText(std::string_view key);

    /// Keys that describe the model without changing what it computes.
    void ignore(std::initializer_list<std::string_view> keys);
    /// Keys whose only understood value is `value` (a feature that is switched off).
    void expect(std::initializer_list<std::string_view> keys, double value);
    /// Refuses every key of the family that was neither read nor ignored.
    void refuseUnread();

    /// What all families share: sizes, heads, norms and one rotary embedding; every layer alike,
    /// SiLU, scores scaled by 1 / sqrt(headSize).
    [[nodiscard]] ModelSpec common(RopePairs pairs);
    /// Makes the feed-forward of every layer one of experts if the file has some. Of families that
    /// do not call it they are refused.
    void readExperts(ModelSpec& spec);

    /// Whether the file holds an array of this name.
    [[nodiscard]] bool holds(std::string_view array) const { return m_file.find(array) != nullptr; }

    [[noreturn]] void refuse(const std::string& what) const;

private:
    [[nodiscard]] std::string fullName(std::string_view key);
    void readScaling(RopeSpec& rope, int context);
    void readFrequencyFactors(RopeSpec& rope);
    [[nodiscard]] std::vector<float> factors(std::string_view array, int count) const;

    const ModelFile& m_file;
    std::string m_architecture;
    std::set<std::string, std::less<>> m_known;
};

} // namespace inglenook
