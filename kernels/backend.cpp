#include "kernels/backend.h"

namespace inglenook {

Weight Backend::load(std::span<const WeightPart> parts, int in)
{
    const std::unique_ptr<WeightLoading> loading = beginLoad(parts, in);
    while (!loading->advance()) { }
    return loading->take();
}

} // namespace inglenook
