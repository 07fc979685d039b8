// How shaders see device memory: by address, in words of 4 bytes or runs of 16. No descriptors, so
// no limit on the range of a binding; no 8 or 16-bit types, so no optional features.

#extension GL_EXT_buffer_reference : require
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_shuffle : require

// Constants 0 to 2 are the same in every shader: invocations of a workgroup, lanes of a subgroup,
// subgroups of a workgroup. A shader's own choices start at 3.
layout(local_size_x_id = 0) in;
layout(constant_id = 1) const int kLanes = 32;
layout(constant_id = 2) const int kSubgroups = 2;

layout(buffer_reference, std430, buffer_reference_align = 4) buffer Floats { float v[]; };
layout(buffer_reference, std430, buffer_reference_align = 16) readonly buffer Quads { uvec4 v[]; };
layout(buffer_reference, std430, buffer_reference_align = 16) readonly buffer FloatQuads { vec4 v[]; };
layout(buffer_reference, std430, buffer_reference_align = 8) readonly buffer Pairs { uvec2 v[]; };
layout(buffer_reference, std430, buffer_reference_align = 4) buffer Words { uint v[]; };
layout(buffer_reference, std430, buffer_reference_align = 4) readonly buffer Ints { int v[]; };

int lane() { return int(gl_SubgroupInvocationID); }
int subgroup() { return int(gl_SubgroupID); }
