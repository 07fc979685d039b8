#pragma once

namespace inglenook::tests {

/// Has the process die, as if killed with -9, in the `writes`-th change of a file from now on (1:
/// the next one); of a write, up to `bytes` of it are done. Where files are not written by the
/// calls that are watched (they are those of POSIX), it dies at once.
void dieAtWrite(int writes, long bytes);

} // namespace inglenook::tests
