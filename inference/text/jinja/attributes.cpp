#include "inference/text/jinja/operators.h"

namespace inglenook::jinja {

namespace {

Value missing(const std::string& name)
{
    return Undefined{std::make_shared<const std::string>(name)};
}

Value loopAttribute(const Loop& loop, const std::string& name)
{
    const auto size = static_cast<int64_t>(loop.items->items.size());
    const auto index = static_cast<int64_t>(loop.index);
    if (name == "index")
        return index + 1;
    if (name == "index0")
        return index;
    if (name == "revindex")
        return size - index;
    if (name == "revindex0")
        return size - index - 1;
    if (name == "first")
        return index == 0;
    if (name == "last")
        return index == size - 1;
    if (name == "length")
        return size;
    if (name == "depth")
        return int64_t{loop.depth};
    if (name == "depth0")
        return int64_t{loop.depth} - 1;
    if (name == "previtem" && index > 0)
        return loop.items->items[loop.index - 1];
    if (name == "nextitem" && index + 1 < size)
        return loop.items->items[loop.index + 1];
    return missing(name);
}

} // namespace

Value attributeOf(const Value& object, const std::string& name)
{
    if (const auto* undefined = object.get<Undefined>())
        throw Fault((undefined->name ? "'" + *undefined->name + "'" : std::string("something")) +
                    " is undefined, so it has no '" + name + "'");
    const Value* found = nullptr;
    if (const Dict* dict = object.dict())
        found = dict->findNamed(name);
    else if (const auto* space = object.get<Namespace*>())
        found = (*space)->values.findNamed(name);
    else if (const auto* loop = object.get<LoopPointer>())
        return loopAttribute(**loop, name);
    return found ? *found : missing(name);
}

} // namespace inglenook::jinja
