#include "training/picture_pool.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <exception>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "data/idx_file.h"
#include "runtime/error.h"

namespace unitscope {

at::Tensor asInput(const at::Tensor& bytes) {
  return bytes.to(at::kFloat).mul_(2.0 / 255.0).sub_(1.0).contiguous(at::MemoryFormat::ChannelsLast);
}

at::Tensor asBytes(const at::Tensor& pictures) {
  return pictures.add(1.0).mul_(127.5).round_().clamp_(0, 255).to(at::kByte);
}

at::Tensor PicturePool::batch(const at::Tensor& indices) const {
  return asInput(pictures.index_select(0, indices));
}

PicturePool PicturePool::to(at::Device device) const {
  const auto move = [device](const at::Tensor& t) { return t.defined() ? t.to(device) : t; };
  return {move(pictures), move(labels), move(classes)};
}

PicturePool renderPool(std::uint64_t seed, std::int64_t first, std::int64_t count, const SceneOptions& options,
                       const Progress& progress, const CancelToken& cancel) {
  const std::int64_t side = options.size, area = side * side;
  PicturePool pool;
  // Interleaved as the renderer writes them, turned round once at the end.
  at::Tensor interleaved = at::empty({count, side, side, 3}, at::kByte);
  pool.labels = at::zeros({count, kSceneThings}, at::kFloat);
  pool.classes = at::empty({count, side, side}, at::kByte);
  auto* pixels = interleaved.data_ptr<std::uint8_t>();
  auto* labels = pool.labels.data_ptr<float>();
  auto* classes = pool.classes.data_ptr<std::uint8_t>();

  std::atomic<std::int64_t> next{0};
  std::mutex mutex;
  std::exception_ptr problem;
  const auto work = [&] {
    try {
      for (std::int64_t i = next++; i < count; i = next++) {
        cancel.check();
        const Scene scene = renderScene(seed, static_cast<std::uint64_t>(first + i), options);
        std::memcpy(pixels + i * area * 3, scene.picture.pixels.data(), static_cast<std::size_t>(area) * 3);
        std::memcpy(classes + i * area, scene.classes.data(), static_cast<std::size_t>(area));
        for (int k = 0; k < kSceneThings; ++k)
          labels[i * kSceneThings + k] = scene.attributes.has(static_cast<SceneThing>(k)) ? 1.0f : 0.0f;
        if (i % 256 == 0) {
          const std::lock_guard lock(mutex);
          progress.report(static_cast<double>(i) / static_cast<double>(count), "rendering scenes");
        }
      }
    } catch (...) {
      const std::lock_guard lock(mutex);
      if (!problem) problem = std::current_exception();
      next = count;
    }
  };
  std::vector<std::thread> threads;
  const unsigned wanted = std::max(1u, std::thread::hardware_concurrency());
  for (unsigned i = 1; i < wanted; ++i) threads.emplace_back(work);
  work();
  for (std::thread& thread : threads) thread.join();
  if (problem) std::rethrow_exception(problem);
  pool.pictures = interleaved.permute({0, 3, 1, 2});
  return pool;
}

PicturePool readPool(const std::filesystem::path& folder, const std::string& prefix) {
  const LabelledPictures read = readMnistLike(folder, prefix);
  PicturePool pool;
  const auto copy = [](const std::vector<std::uint8_t>& bytes, at::IntArrayRef shape) {
    at::Tensor t = at::empty(shape, at::kByte);
    std::memcpy(t.data_ptr(), bytes.data(), bytes.size());
    return t;
  };
  pool.pictures = copy(read.pixels, {read.count(), 1, read.height, read.width});
  pool.labels = copy(read.labels, {read.count()}).to(at::kLong);
  return pool;
}

}  // namespace unitscope
