#include "inference/model_files/metadata.h"

#include <array>
#include <cmath>
#include <stdexcept>

namespace inglenook {

namespace {

constexpr std::array<std::string_view, 8> kKinds = {
    "true or false",           "a whole number",    "a number",        "a text",
    "a list of whole numbers", "a list of numbers", "a list of texts", "a list of true and false"};

[[noreturn]] void refuse(std::string_view key, const std::string& found, std::string_view wanted)
{
    throw std::runtime_error("The model file says \"" + std::string(key) + "\" is " + found +
                             ", but it must be " + std::string(wanted) + ".");
}

[[noreturn]] void refuseKind(std::string_view key, const Metadata::Value& value,
                             std::string_view wanted)
{
    refuse(key, std::string(kKinds[value.index()]), wanted);
}

[[noreturn]] void refuseAbsent(std::string_view key)
{
    throw std::runtime_error("The model file does not say \"" + std::string(key) +
                             "\", which this kind of model needs.");
}

template <typename Kind>
const Kind* find(const std::map<std::string, Metadata::Value, std::less<>>& values,
                 std::string_view key)
{
    const auto entry = values.find(key);
    if (entry == values.end())
        return nullptr;
    const Kind* value = std::get_if<Kind>(&entry->second);
    if (!value)
        refuseKind(key, entry->second, kKinds[Metadata::Value(Kind()).index()]);
    return value;
}

template <typename Kind> std::optional<Kind> copyOf(const Kind* value)
{
    return value ? std::optional<Kind>(*value) : std::nullopt;
}

} // namespace

bool Metadata::has(std::string_view key) const
{
    return m_values.find(key) != m_values.end();
}

std::optional<int64_t> Metadata::integer(std::string_view key, int64_t least, int64_t most) const
{
    const auto* value = find<int64_t>(m_values, key);
    if (!value)
        return std::nullopt;
    if (*value < least || *value > most)
        refuse(key, std::to_string(*value),
               "between " + std::to_string(least) + " and " + std::to_string(most));
    return *value;
}

std::optional<double> Metadata::number(std::string_view key) const
{
    const auto entry = m_values.find(key);
    if (entry == m_values.end())
        return std::nullopt;
    if (const auto* whole = std::get_if<int64_t>(&entry->second))
        return static_cast<double>(*whole);
    const auto* value = std::get_if<double>(&entry->second);
    if (!value)
        refuseKind(key, entry->second, "a number");
    if (!std::isfinite(*value))
        refuse(key, "infinite or undefined", "a number");
    return *value;
}

std::optional<bool> Metadata::boolean(std::string_view key) const
{
    return copyOf(find<bool>(m_values, key));
}

std::optional<std::string> Metadata::text(std::string_view key) const
{
    return copyOf(find<std::string>(m_values, key));
}

const std::vector<int64_t>* Metadata::integers(std::string_view key) const
{
    return find<std::vector<int64_t>>(m_values, key);
}

const std::vector<double>* Metadata::numbers(std::string_view key) const
{
    return find<std::vector<double>>(m_values, key);
}

const std::vector<std::string>* Metadata::texts(std::string_view key) const
{
    return find<std::vector<std::string>>(m_values, key);
}

const std::vector<bool>* Metadata::booleans(std::string_view key) const
{
    return find<std::vector<bool>>(m_values, key);
}

int64_t Metadata::requireInteger(std::string_view key, int64_t least, int64_t most) const
{
    const auto value = integer(key, least, most);
    if (!value)
        refuseAbsent(key);
    return *value;
}

double Metadata::requireNumber(std::string_view key) const
{
    const auto value = number(key);
    if (!value)
        refuseAbsent(key);
    return *value;
}

std::string Metadata::requireText(std::string_view key) const
{
    const auto value = text(key);
    if (!value)
        refuseAbsent(key);
    return *value;
}

void Metadata::set(std::string key, Value value)
{
    m_values.insert_or_assign(std::move(key), std::move(value));
}

} // namespace inglenook
