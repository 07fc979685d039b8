#include "inference/model/figure_gathering.h"

#include <stdexcept>

namespace inglenook {

FigureGathering::FigureGathering(const std::vector<DeviceInfo>& devices,
                                 const MachineFigures& known)
{
    for (size_t i = 0; i < devices.size(); ++i) {
        const DeviceInfo& info = devices[i];
        if (!figuresOf(known, info))
            m_missing.emplace_back([info](MachineFigures& machine) {
                remember(machine, measureDevice(*createBackend(info.id), info));
            });
        for (size_t j = 0; j < i; ++j) {
            const DeviceId other = devices[j].id;
            // figures of a device that was exchanged take those of its links with them
            if (figuresBetween(known, other, info.id) && figuresOf(known, info) &&
                figuresOf(known, devices[j]))
                continue;
            m_missing.emplace_back([other, id = info.id](MachineFigures& machine) {
                remember(machine, measureLink(other, id));
            });
        }
    }
}

void FigureGathering::measureNext(MachineFigures& machine)
{
    const auto& measure = m_missing[m_next++];
    try {
        measure(machine);
    } catch (const std::runtime_error&) {
        // Whoever plans without these figures leaves the device alone, or says why on opening it.
    }
}

} // namespace inglenook
