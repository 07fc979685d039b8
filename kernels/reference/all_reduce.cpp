#include "kernels/checks.h"
#include "kernels/reference/memory.h"
#include "kernels/reference/reference_backend.h"

namespace inglenook {

void ReferenceBackend::allReduce(Tensor x, GroupMember& self)
{
    checkAllReduce(x);
    perform([x, &self] {
        if (x.rows > 0)
            self.allReduce({reference::row(x, 0).data(),
                            static_cast<size_t>(x.rows) * static_cast<size_t>(x.cols)});
    });
}

} // namespace inglenook
