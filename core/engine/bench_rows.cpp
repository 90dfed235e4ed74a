#include "engine/bench_rows.h"

#include <algorithm>
#include <utility>

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>

#include "attribution/cam_layer.h"
#include "attribution/method.h"
#include "engine/devices.h"
#include "engine/model_internal.h"
#include "engine/occluder.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

using Call = std::function<void()>;

/// Seeded noise in the size of the card's input, with this many pictures.
at::Tensor noise(Model& model, std::int64_t images) {
  const at::Tensor blank = model.internal().blankInput();
  if (!blank.is_floating_point()) throw Error("the network's input takes no floating-point numbers");
  Shape shape = blank.sizes().vec();
  if (shape.empty()) throw Error("the network's input has no batch to fill");
  const Value& value = model.graph().value(model.internal().inputValue());
  const bool fixed = value.shape && !value.shape->empty() && value.shape->front() > 0;
  if (fixed && value.shape->front() != images)
    throw Error("the file fixes the batch at " + std::to_string(value.shape->front()));
  shape.front() = images;
  const at::Generator generator = at::detail::createCPUGenerator(1);
  return at::randn(shape, generator, blank.options());
}

/// First value of the network that has weights of its own before it, or kNoValue.
ValueId firstLayer(const Graph& graph) {
  for (const Node& node : graph.nodes())
    for (const ValueId id : node.inputs)
      if (id != kNoValue && graph.value(id).trainable && !node.outputs.empty()) return node.outputs.front();
  return kNoValue;
}

RunRequest requestFor(Model& model, const at::Tensor& input, ValueId fetch, const CancelToken& cancel) {
  RunRequest request;
  request.feeds = model.internal().feedsFor(input);
  request.fetch = {fetch};
  request.cancel = cancel;
  return request;
}

/// The executor tries both memory layouts on its first runs; a measurement begins when it has chosen.
void warmUp(Model& model, const RunRequest& request, int runs = 4) {
  for (int i = 0; i < runs; ++i) static_cast<void>(model.internal().executor.run(request));
}

Call forward(const std::shared_ptr<Model>& model, std::int64_t images, ValueId fetch, const CancelToken& cancel) {
  RunRequest request = requestFor(*model, noise(*model, images), fetch, cancel);
  warmUp(*model, request);
  return [model, request = std::move(request)] { static_cast<void>(model->internal().executor.run(request)); };
}

Call forwardBackward(const std::shared_ptr<Model>& model, std::int64_t images, const CancelToken& cancel) {
  const at::Tensor input = noise(*model, images).set_requires_grad(true);
  RunRequest request = requestFor(*model, input, model->internal().outputValue(), cancel);
  request.gradients = true;
  Call call = [model, request = std::move(request), input] {
    const at::Tensor scores = scoreRows(model->internal().executor.run(request).front());
    scores.select(1, 0).sum().backward();
    input.mutable_grad().reset();
  };
  for (int i = 0; i < 4; ++i) call();
  return call;
}

Call attribution(const std::shared_ptr<Model>& model, const std::string& id, const CancelToken& cancel) {
  Model::Internal& inner = model->internal();
  const AttributionMethod& method = inner.methods.find(id);
  const at::Tensor input = noise(*model, 1);
  AttributionQuery query{
      inner.executor, input, inner.inputValue(), inner.outputValue(), 0, kNoValue, ParameterValues(method.info())};
  // The number of masks for which other programs' times are known; the paper's 4000 take as much longer.
  if (id == "rise") query.parameters.set(method.info(), "masks", ParameterValue(std::int64_t{1000}));
  if (method.info().usesLayer) {
    query.layer = defaultCamLayer(*inner.graph, inner.shapesFor(input), query.inputValue, query.output);
    if (query.layer == kNoValue) throw Error("the network has no feature map");
  }
  Call call = [model, &method, query, cancel] { static_cast<void>(method.run(query, {}, cancel)); };
  // As with the other rows: the first run pays for memory, packed weights and the choice of a layout.
  call();
  return call;
}

Call occlusion(const std::shared_ptr<Model>& model, bool incremental, const CancelToken& cancel) {
  Model::Internal& inner = model->internal();
  const AttributionMethod& method = inner.methods.find("occlusion");
  AttributionQuery query{inner.executor, noise(*model, 1), inner.inputValue(), inner.outputValue(), 0, kNoValue, {}};
  inner.describeTo(query);
  query.parameters.set(method.info(), "incremental", ParameterValue(incremental));
  Call call = [model, &method, query, cancel] { static_cast<void>(method.run(query, {}, cancel)); };
  warmUp(*model, requestFor(*model, noise(*model, 1), inner.outputValue(), cancel));
  return call;
}

Call hovering(const std::shared_ptr<Model>& model) {
  const at::Tensor input = noise(*model, 1);
  auto occluder = std::make_shared<Occluder>(model, toArray(input));
  auto step = std::make_shared<std::int64_t>(0);
  Call call = [occluder, step, height = input.size(-2), width = input.size(-1)] {
    // As the mouse goes: a little further each time, over the whole picture in the end.
    *step += 7;
    static_cast<void>(occluder->covered(OccluderBox{*step % width, (*step / width * 16) % height, 16, 16}));
  };
  for (int i = 0; i < 4; ++i) call();
  return call;
}

/// `place` says which feature map: 0 the first, 1 the last.
Call editing(const std::shared_ptr<Model>& model, bool reuse, double place, const CancelToken& cancel) {
  Model::Internal& inner = model->internal();
  const at::Tensor input = noise(*model, 1);
  const ValueId output = inner.outputValue();
  const std::vector<ValueId> maps = featureMaps(*inner.graph, inner.shapesFor(input), inner.inputValue(), output);
  if (maps.empty()) throw Error("the network has no feature map whose unit could be scaled");
  auto request = std::make_shared<RunRequest>(requestFor(*model, input, output, cancel));
  Edit edit;
  edit.value = maps[std::min(static_cast<std::size_t>(place * static_cast<double>(maps.size())), maps.size() - 1)];
  edit.channels = {0};
  request->edits = {edit};
  auto cache = std::make_shared<RunCache>();
  if (reuse) request->cache = cache.get();
  Call call = [model, request, cache] {
    // Another amount each time, as under a slider that is being dragged.
    double& amount = request->edits.front().amount;
    amount = amount > 2.0 ? 0.0 : amount + 0.01;
    static_cast<void>(model->internal().executor.run(*request));
  };
  for (int i = 0; i < 4; ++i) call();
  return call;
}

}  // namespace

std::vector<BenchRow> benchRows(const std::shared_ptr<Model>& model, const CancelToken& cancel) {
  std::vector<BenchRow> rows;
  // Whatever thread calls prepare() also makes the timed calls.
  const auto add = [&](std::string name, std::int64_t images, std::function<Call()> make) {
    rows.push_back({std::move(name), images, [model, make = std::move(make)] {
                      prepareComputeThread(model->settings());
                      return make();
                    }});
  };
  for (const std::int64_t images : {1, 32})
    add("forward/" + std::to_string(images), images,
        [=] { return forward(model, images, model->internal().outputValue(), cancel); });
  for (const std::int64_t images : {1, 32})
    add("forward_backward/" + std::to_string(images), images, [=] { return forwardBackward(model, images, cancel); });
  for (const MethodInfo& info : attributionMethods())
    add("attribution/" + info.id, 1, [=, id = info.id] { return attribution(model, id, cancel); });
  for (const bool incremental : {true, false})
    add(incremental ? "occlusion/incremental" : "occlusion/plain", 1,
        [=] { return occlusion(model, incremental, cancel); });
  add("occlusion/hover", 1, [=] { return hovering(model); });
  add("edit/prefix_reuse", 1, [=] { return editing(model, true, 1.0 / 2.0, cancel); });
  add("edit/last_third", 1, [=] { return editing(model, true, 2.0 / 3.0, cancel); });
  add("edit/whole_run", 1, [=] { return editing(model, false, 1.0 / 2.0, cancel); });
  add("tap/first_layer", 1, [=] {
    const ValueId first = firstLayer(model->graph());
    if (first == kNoValue) throw Error("the network has no weights");
    return forward(model, 1, first, cancel);
  });
  add("tap/whole_run", 1, [=] { return forward(model, 1, model->internal().outputValue(), cancel); });
  return rows;
}

}  // namespace unitscope
