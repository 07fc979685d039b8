#include "kernels/vulkan/pipeline.h"

#include "kernels/vulkan/check.h"

namespace inglenook::vulkan {

namespace {

constexpr VkPipelineShaderStageCreateFlags kFullSubgroups =
    VK_PIPELINE_SHADER_STAGE_CREATE_REQUIRE_FULL_SUBGROUPS_BIT;

} // namespace

Pipelines::Pipelines(const Device& device)
    : m_device(device)
{
    const VkPushConstantRange range{.stageFlags = VK_SHADER_STAGE_COMPUTE_BIT, .size = kPushBytes};
    const VkPipelineLayoutCreateInfo info{.sType = VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO,
                                          .pushConstantRangeCount = 1,
                                          .pPushConstantRanges = &range};
    check(device.calls().vkCreatePipelineLayout(device.handle(), &info, nullptr, &m_layout),
          "preparing its programs");
}

Pipelines::~Pipelines()
{
    for (const auto& [key, pipeline] : m_pipelines)
        m_device.calls().vkDestroyPipeline(m_device.handle(), pipeline, nullptr);
    m_device.calls().vkDestroyPipelineLayout(m_device.handle(), m_layout, nullptr);
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
    const VkResult result = m_device.calls().vkCreateComputePipelines(
        m_device.handle(), VK_NULL_HANDLE, 1, &info, nullptr, &pipeline);
    m_device.calls().vkDestroyShaderModule(m_device.handle(), module, nullptr);
    check(result, "preparing its programs");
    return pipeline;
}

} // namespace inglenook::vulkan
