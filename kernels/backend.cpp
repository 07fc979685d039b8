#include "kernels/backend.h"

#include "kernels/collective.h"

namespace inglenook {

Weight Backend::load(std::span<const WeightPart> parts, int in)
{
    const std::unique_ptr<WeightLoading> loading = beginLoad(parts, in);
    while (!loading->advance()) { }
    return loading->take();
}

std::unique_ptr<Collective> Backend::collectiveOf(std::span<Backend* const> /*group*/)
{
    return nullptr;
}

} // namespace inglenook
