#include "kernels/vulkan/pipeline.h"

#include "kernels/vulkan/check.h"

#include <new>

namespace inglenook::vulkan {

namespace {

constexpr VkPipelineShaderStageCreateFlags kFullSubgroups =
    VK_PIPELINE_SHADER_STAGE_CREATE_REQUIRE_FULL_SUBGROUPS_BIT;

} // namespace

Pipelines::Pipelines(const Device& device, const std::string& cacheFolder)
    : m_device(device)
{
    if (!cacheFolder.empty()) {
        m_cachePath = cacheFilePath(cacheFolder, device.facts().programs);
        m_saved = readCacheFile(m_cachePath, device.facts().programs);
    }
    const VkPipelineCacheCreateInfo cache{.sType = VK_STRUCTURE_TYPE_PIPELINE_CACHE_CREATE_INFO,
                                          .initialDataSize = m_saved.size(),
                                          .pInitialData = m_saved.data()};
    // Without a cache pipelines are compiled as ever.
    if (!m_cachePath.empty() &&
        device.calls().vkCreatePipelineCache(device.handle(), &cache, nullptr, &m_cache) < 0)
        m_cache = VK_NULL_HANDLE;

    const VkPushConstantRange range{.stageFlags = VK_SHADER_STAGE_COMPUTE_BIT, .size = kPushBytes};
    const VkPipelineLayoutCreateInfo info{.sType = VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO,
                                          .pushConstantRangeCount = 1,
                                          .pPushConstantRanges = &range};
    check(device.calls().vkCreatePipelineLayout(device.handle(), &info, nullptr, &m_layout),
          "preparing its programs");
}

Pipelines::~Pipelines()
{
    save();
    m_device.calls().vkDestroyPipelineCache(m_device.handle(), m_cache, nullptr);
    for (const auto& [key, pipeline] : m_pipelines)
        m_device.calls().vkDestroyPipeline(m_device.handle(), pipeline, nullptr);
    m_device.calls().vkDestroyPipelineLayout(m_device.handle(), m_layout, nullptr);
}

std::vector<std::byte> Pipelines::compiled() const
{
    const auto getData = m_device.calls().vkGetPipelineCacheData;
    size_t bytes = 0;
    if (getData(m_device.handle(), m_cache, &bytes, nullptr) != VK_SUCCESS)
        return {};
    std::vector<std::byte> data(bytes);
    if (getData(m_device.handle(), m_cache, &bytes, data.data()) != VK_SUCCESS)
        return {};
    data.resize(bytes);
    return data;
}

void Pipelines::save() noexcept
{
    if (!m_cache || !m_unsaved)
        return;
    m_unsaved = false;
    try {
        std::vector<std::byte> data = compiled();
        if (data.empty() || data == m_saved)
            return;
        writeCacheFile(m_cachePath, m_device.facts().programs, data);
        m_saved = std::move(data);
    } catch (const std::bad_alloc&) {
        // The next start compiles again.
    }
}

VkPipeline Pipelines::get(const Kernel& kernel)
{
    const auto lanes = static_cast<uint32_t>(m_device.facts().subgroupSize);
    const auto subgroups = static_cast<uint32_t>(kernel.subgroups);
    std::vector<uint32_t> constants{lanes * subgroups, lanes, subgroups};
    constants.insert(constants.end(), kernel.choices.begin(), kernel.choices.end());
    Key key{kernel.code.data(), std::move(constants)};
    const auto known = m_pipelines.find(key);
    if (known != m_pipelines.end())
        return known->second;
    const VkPipeline pipeline = create(kernel.code, key.second);
    m_pipelines.emplace(std::move(key), pipeline);
    m_unsaved = true;
    return pipeline;
}

VkPipeline Pipelines::create(std::span<const uint32_t> code, const std::vector<uint32_t>& constants)
{
    const VkShaderModuleCreateInfo moduleInfo{.sType = VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO,
                                              .codeSize = code.size_bytes(),
                                              .pCode = code.data()};
    VkShaderModule module = VK_NULL_HANDLE;
    check(m_device.calls().vkCreateShaderModule(m_device.handle(), &moduleInfo, nullptr, &module),
          "preparing its programs");

    std::vector<VkSpecializationMapEntry> entries;
    for (uint32_t i = 0; i < constants.size(); ++i)
        entries.push_back({i, i * 4, 4});
    const VkSpecializationInfo specialization{.mapEntryCount =
                                                  static_cast<uint32_t>(entries.size()),
                                              .pMapEntries = entries.data(),
                                              .dataSize = constants.size() * 4,
                                              .pData = constants.data()};
    const VkPipelineShaderStageRequiredSubgroupSizeCreateInfo size{
        .sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_REQUIRED_SUBGROUP_SIZE_CREATE_INFO,
        .requiredSubgroupSize = static_cast<uint32_t>(m_device.facts().subgroupSize)};
    const bool chosen = m_device.facts().chosenSubgroups;
    const VkComputePipelineCreateInfo info{
        .sType = VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO,
        .stage = {.sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO,
                  .pNext = chosen ? &size : nullptr,
                  .flags = chosen ? kFullSubgroups : 0,
                  .stage = VK_SHADER_STAGE_COMPUTE_BIT,
                  .module = module,
                  .pName = "main",
                  .pSpecializationInfo = &specialization},
        .layout = m_layout};
    VkPipeline pipeline = VK_NULL_HANDLE;
    const VkResult result = m_device.calls().vkCreateComputePipelines(m_device.handle(), m_cache, 1,
                                                                      &info, nullptr, &pipeline);
    m_device.calls().vkDestroyShaderModule(m_device.handle(), module, nullptr);
    check(result, "preparing its programs");
    return pipeline;
}

} // namespace inglenook::vulkan
