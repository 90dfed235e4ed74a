#pragma once

#include <cstddef>
#include <cstdint>

namespace unitscope {

/// Counters of the CPU allocator, in bytes and calls.
struct AllocatorStatistics {
  std::size_t inUse = 0;     ///< handed out now
  std::size_t cached = 0;    ///< kept for reuse
  std::size_t peak = 0;      ///< largest inUse so far
  std::size_t budget = 0;    ///< a request that would take inUse beyond this fails
  std::uint64_t reused = 0;  ///< requests served from kept blocks
  std::uint64_t fresh = 0;   ///< requests that went to the system
  bool installed = false;
};

/// Makes LibTorch's CPU tensors keep their memory. glibc hands large blocks back to the kernel when a tensor dies and
/// page-faults them in again for the next, which costs more than the arithmetic of many networks. Freed blocks are
/// kept in lists by size class (eight steps for each power of two) and handed out again; blocks of 2 MiB and more are
/// aligned for huge pages. Process-wide, because LibTorch has one CPU allocator; safe to call again and from any
/// thread. Does nothing under AddressSanitizer, which must see every free.
void installCachingAllocator();

/// Largest number of bytes that tensors may hold at once; 0 means three quarters of the machine's memory. A request
/// beyond it fails as out of memory, so that a hostile file cannot bring the machine down.
void setMemoryBudget(std::size_t bytes);

/// Gives kept blocks back to the system. For idle times.
void releaseCachedMemory();

AllocatorStatistics allocatorStatistics();

}  // namespace unitscope
