#include <cstdint>
#include <thread>
#include <vector>

#include <ATen/ATen.h>

#include <QtTest>

#include "exec/caching_allocator.h"

using namespace unitscope;

class TestCachingAllocator : public QObject {
  Q_OBJECT
 private Q_SLOTS:
  void initTestCase() {
    installCachingAllocator();
    if (!allocatorStatistics().installed) QSKIP("AddressSanitizer watches the memory itself");
  }

  void keepsAndReusesBlocks() {
    releaseCachedMemory();
    const auto before = allocatorStatistics();
    at::Tensor t = at::empty({1 << 20}, at::kFloat);
    const void* first = t.data_ptr();
    QVERIFY(allocatorStatistics().inUse >= before.inUse + (std::size_t{4} << 20U));
    t.reset();
    QVERIFY(allocatorStatistics().cached >= std::size_t{4} << 20U);
    // A little more still belongs to the same size class.
    const at::Tensor again = at::empty({(1 << 20) + 1000}, at::kFloat);
    QCOMPARE(again.data_ptr(), first);
    QCOMPARE(allocatorStatistics().reused, before.reused + 1);
  }

  void blocksAreAlignedAndSeparate() {
    std::vector<at::Tensor> tensors;
    for (std::int64_t size = 1; size < 3'000'000; size = size * 3 / 2 + 1) {
      at::Tensor t = at::full({size}, static_cast<double>(size % 251), at::kByte);
      QCOMPARE(reinterpret_cast<std::uintptr_t>(t.data_ptr()) % 64, std::uintptr_t{0});
      tensors.push_back(t);
    }
    for (const at::Tensor& t : tensors) QVERIFY((t == t.numel() % 251).all().item<bool>());
  }

  void releaseGivesEverythingBack() {
    { const at::Tensor t = at::empty({1 << 20}, at::kFloat); }
    QVERIFY(allocatorStatistics().cached > 0);
    releaseCachedMemory();
    QCOMPARE(allocatorStatistics().cached, std::size_t{0});
  }

  void budgetIsKept() {
    const std::size_t inUse = allocatorStatistics().inUse;
    setMemoryBudget(inUse + (std::size_t{16} << 20U));
    QVERIFY_EXCEPTION_THROWN(at::empty({1 << 30}, at::kFloat), c10::Error);
    const at::Tensor fits = at::empty({1 << 20}, at::kFloat);
    QVERIFY(fits.defined());
    setMemoryBudget(0);
    QCOMPARE(allocatorStatistics().inUse >= inUse, true);
  }

  void threadsMayFreeEachOthersBlocks() {
    const std::size_t before = allocatorStatistics().inUse;
    std::vector<at::Tensor> made(200);
    std::thread maker([&] {
      for (std::size_t i = 0; i < made.size(); ++i) made[i] = at::full({5000}, static_cast<double>(i), at::kFloat);
    });
    maker.join();
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([&, t] {
        for (std::size_t i = static_cast<std::size_t>(t); i < made.size(); i += 4) {
          made[i] = at::full({6000}, static_cast<double>(i), at::kFloat);
        }
      });
    for (std::thread& thread : threads) thread.join();
    for (std::size_t i = 0; i < made.size(); ++i) QVERIFY((made[i] == static_cast<double>(i)).all().item<bool>());
    made.clear();
    QCOMPARE(allocatorStatistics().inUse, before);
  }
};

QTEST_APPLESS_MAIN(TestCachingAllocator)
#include "test_caching_allocator.moc"
