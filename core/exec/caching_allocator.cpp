#include "exec/caching_allocator.h"

#include <array>
#include <bit>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <string>
#include <sys/mman.h>
#include <unistd.h>
#include <vector>

#include <c10/core/CPUAllocator.h>
#include <c10/util/Exception.h>
#include <torch/version.h>

namespace unitscope {
namespace {

constexpr std::size_t kAlignment = 64;  // what LibTorch promises its vectorised kernels
constexpr std::size_t kHeader = 64;     // before each block, so that alignment is kept
constexpr std::size_t kHugePage = std::size_t{2} << 20U;
constexpr std::size_t kSmallest = 4096;  // below this glibc's own thread caches are better
constexpr std::size_t kSteps = 8;        // size classes to each power of two
constexpr std::size_t kClasses = 64 * kSteps;
constexpr std::uint32_t kUncached = 0xFFFFFFFFU;

struct Header {
  std::size_t size;
  std::uint32_t sizeClass;
};
static_assert(sizeof(Header) <= kHeader);

struct SizeClass {
  std::uint32_t index;
  std::size_t size;  // with header
};

SizeClass classOf(std::size_t size) {
  const auto power = static_cast<std::size_t>(std::bit_width(size - 1));  // 2^(power-1) < size <= 2^power
  const std::size_t step = (std::size_t{1} << (power - 1)) / kSteps;
  const std::size_t rounded = (size + step - 1) / step * step;
  const std::size_t within = (rounded - (std::size_t{1} << (power - 1))) / step;
  return {static_cast<std::uint32_t>(power * kSteps + within - 1), rounded};
}

class CachingAllocator final : public c10::Allocator {
 public:
  CachingAllocator() { setBudget(0); }

#if TORCH_VERSION_MAJOR >= 2
  c10::DataPtr allocate(std::size_t bytes) override {
    return take(bytes);
  }
  void copy_data(void* to, const void* from, std::size_t count) const override {
    std::memcpy(to, from, count);
  }
#else
  c10::DataPtr allocate(std::size_t bytes) const override {
    return const_cast<CachingAllocator*>(this)->take(bytes);
  }
#endif
  c10::DeleterFnPtr raw_deleter() const override;

  void give(void* data) {
    if (data == nullptr) return;
    void* block = static_cast<std::byte*>(data) - kHeader;
    const Header header = *static_cast<Header*>(block);
    {
      const std::lock_guard lock(mutex_);
      statistics_.inUse -= header.size;
      // What is kept may fill the budget together with what is in use, never exceed it.
      if (header.sizeClass != kUncached && statistics_.inUse + statistics_.cached + header.size <= statistics_.budget) {
        free_[header.sizeClass].push_back(block);
        statistics_.cached += header.size;
        return;
      }
    }
    std::free(block);
  }

  void setBudget(std::size_t bytes) {
    if (bytes == 0) {
      const auto pages = static_cast<std::size_t>(std::max(1L, sysconf(_SC_PHYS_PAGES)));
      bytes = pages * static_cast<std::size_t>(sysconf(_SC_PAGE_SIZE)) / 4 * 3;
    }
    const std::lock_guard lock(mutex_);
    statistics_.budget = bytes;
  }

  void release() {
    std::vector<void*> blocks;
    {
      const std::lock_guard lock(mutex_);
      blocks = takeAllCached();
    }
    for (void* block : blocks) std::free(block);
  }

  AllocatorStatistics statistics() {
    const std::lock_guard lock(mutex_);
    return statistics_;
  }
  void markInstalled() {
    const std::lock_guard lock(mutex_);
    statistics_.installed = true;
  }

 private:
  c10::DataPtr take(std::size_t bytes) {
    const c10::Device device(c10::DeviceType::CPU);
    if (bytes == 0) return {nullptr, device};
    void* data = takeBlock(bytes);
    return {data, data, raw_deleter(), device};
  }

  void* takeBlock(std::size_t bytes) {
    const bool cached = bytes >= kSmallest && bytes < (std::size_t{1} << 48U);
    TORCH_CHECK(bytes < (std::size_t{1} << 48U), "not enough memory: ", bytes, " bytes were asked for");
    const SizeClass size = cached ? classOf(bytes + kHeader) : SizeClass{kUncached, bytes + kHeader};
    std::vector<void*> surplus;
    {
      const std::lock_guard lock(mutex_);
      TORCH_CHECK(size.size <= statistics_.budget && statistics_.inUse <= statistics_.budget - size.size,
                  "not enough memory: ", bytes, " bytes more than the ", statistics_.inUse,
                  " in use would exceed the memory budget of ", statistics_.budget, " bytes");
      statistics_.inUse += size.size;
      statistics_.peak = std::max(statistics_.peak, statistics_.inUse);
      if (cached && !free_[size.index].empty()) {
        void* block = free_[size.index].back();
        free_[size.index].pop_back();
        statistics_.cached -= size.size;
        ++statistics_.reused;
        return static_cast<std::byte*>(block) + kHeader;
      }
      ++statistics_.fresh;
      if (statistics_.inUse + statistics_.cached > statistics_.budget) surplus = takeAllCached();
    }
    for (void* block : surplus) std::free(block);
    return fromSystem(size);
  }

  void* fromSystem(const SizeClass& size) {
    void* block = nullptr;
    const bool huge = size.size >= kHugePage;
    if (posix_memalign(&block, huge ? kHugePage : kAlignment, size.size) != 0) {
      const std::lock_guard lock(mutex_);
      statistics_.inUse -= size.size;
      TORCH_CHECK(false, "not enough memory: the system has no ", size.size, " bytes left");
    }
    if (huge) madvise(block, size.size, MADV_HUGEPAGE);
    new (block) Header{size.size, size.index};
    return static_cast<std::byte*>(block) + kHeader;
  }

  std::vector<void*> takeAllCached() {
    std::vector<void*> blocks;
    for (auto& list : free_) {
      blocks.insert(blocks.end(), list.begin(), list.end());
      list.clear();
    }
    statistics_.cached = 0;
    return blocks;
  }

  std::mutex mutex_;
  std::array<std::vector<void*>, kClasses> free_;
  AllocatorStatistics statistics_;
};

/// LibTorch keeps a raw pointer for the life of the process, also past static destruction, so it is never destroyed.
CachingAllocator& allocator() {
  static auto* const instance = new CachingAllocator;
  return *instance;
}

void giveBack(void* data) {
  allocator().give(data);
}

c10::DeleterFnPtr CachingAllocator::raw_deleter() const {
  return &giveBack;
}

}  // namespace

void installCachingAllocator() {
#if !defined(__SANITIZE_ADDRESS__)
  static std::once_flag once;
  std::call_once(once, [] {
    constexpr std::uint8_t kOverDefault = 1;
    c10::SetCPUAllocator(&allocator(), kOverDefault);
    allocator().markInstalled();
  });
#endif
}

void setMemoryBudget(std::size_t bytes) {
  allocator().setBudget(bytes);
}
void releaseCachedMemory() {
  allocator().release();
}
AllocatorStatistics allocatorStatistics() {
  return allocator().statistics();
}

}  // namespace unitscope
