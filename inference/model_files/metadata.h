#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace inglenook {

/// The named values of a model file. Readers ask with a type; a value of another type, or out of
/// the asked range, is refused by name (std::runtime_error: key, what was found, what was
/// expected), never converted silently.
class Metadata {
public:
    using Value = std::variant<bool, int64_t, double, std::string, std::vector<int64_t>,
                               std::vector<double>, std::vector<std::string>, std::vector<bool>>;

    [[nodiscard]] bool has(std::string_view key) const;

    /// Nothing if the key is absent.
    [[nodiscard]] std::optional<int64_t> integer(std::string_view key, int64_t least,
                                                 int64_t most) const;
    [[nodiscard]] std::optional<double> number(std::string_view key) const; // finite; integers too
    [[nodiscard]] std::optional<bool> boolean(std::string_view key) const;
    [[nodiscard]] std::optional<std::string> text(std::string_view key) const;
    /// Null if the key is absent. The vector lives as long as the metadata.
    [[nodiscard]] const std::vector<int64_t>* integers(std::string_view key) const;
    [[nodiscard]] const std::vector<double>* numbers(std::string_view key) const;
    [[nodiscard]] const std::vector<std::string>* texts(std::string_view key) const;
    [[nodiscard]] const std::vector<bool>* booleans(std::string_view key) const;

    /// As above, but an absent key is refused.
    [[nodiscard]] int64_t requireInteger(std::string_view key, int64_t least, int64_t most) const;
    [[nodiscard]] double requireNumber(std::string_view key) const;
    [[nodiscard]] std::string requireText(std::string_view key) const;

    void set(std::string key, Value value);
    [[nodiscard]] const std::map<std::string, Value, std::less<>>& all() const { return m_values; }

private:
    std::map<std::string, Value, std::less<>> m_values;
};

} // namespace inglenook
