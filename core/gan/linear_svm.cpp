#include "gan/linear_svm.h"

#include <memory>

#include "runtime/error.h"
#ifdef UNITSCOPE_HAS_LIBLINEAR
#include <linear.h>
#endif

namespace unitscope {

#ifdef UNITSCOPE_HAS_LIBLINEAR
namespace {

// LinearSVC stops at 1e-4; a Newton method's last steps are cheap, and the boundary is then the same on any machine.
constexpr double kTolerance = 1e-6;

void silent(const char*) {}

}  // namespace

bool hasLiblinear() {
  return true;
}

SvmPlane trainLinearSvm(const SvmProblem& samples, double cost) {
  const auto count = static_cast<std::size_t>(samples.positive.size()), width = static_cast<std::size_t>(samples.width);
  // Its sparse rows: index from 1, the feature of ones, an end mark of index -1.
  std::vector<feature_node> nodes(count * (width + 2));
  std::vector<feature_node*> rows(count);
  std::vector<double> sides(count);
  for (std::size_t i = 0; i < count; ++i) {
    feature_node* node = rows[i] = &nodes[i * (width + 2)];
    for (std::size_t k = 0; k < width; ++k) *node++ = {static_cast<int>(k + 1), samples.rows[i * width + k]};
    *node++ = {static_cast<int>(width + 1), 1.0};
    *node = {-1, 0.0};
    sides[i] = samples.positive[i] ? 1.0 : -1.0;
  }
  problem prob{};
  prob.l = static_cast<int>(count);
  prob.n = static_cast<int>(width + 1);
  prob.y = sides.data();
  prob.x = rows.data();
  prob.bias = 1.0;
  parameter param{};
  param.solver_type = L2R_L2LOSS_SVC;
  param.eps = kTolerance;
  param.C = cost;
  param.p = 0.1;
  if (const char* reason = check_parameter(&prob, &param)) throw Error("boundary", reason);
  set_print_string_function(silent);
  const auto drop = [](model* m) { free_and_destroy_model(&m); };
  const std::unique_ptr<model, decltype(drop)> trained(train(&prob, &param), drop);
  if (!trained || trained->nr_class != 2) throw Error("boundary", "needs samples on both sides");
  // The weights speak for the class that came first.
  const double sign = trained->label[0] == 1 ? 1.0 : -1.0;
  SvmPlane plane{std::vector<double>(width), sign * trained->w[width]};
  for (std::size_t k = 0; k < width; ++k) plane.weights[k] = sign * trained->w[k];
  return plane;
}

#else

bool hasLiblinear() {
  return false;
}

SvmPlane trainLinearSvm(const SvmProblem&, double) {
  throw Error("boundary", "this build has no LIBLINEAR; build with liblinear-dev to fit boundaries");
}

#endif

}  // namespace unitscope
