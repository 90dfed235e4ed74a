#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace unitscope {

using ParameterValue = std::variant<bool, std::int64_t, double, std::string>;

/// A method's parameter: enough to check a value, draw its control, and document it.
struct ParameterSpec {
  std::string id;           ///< "steps"; what --set takes
  std::string title;        ///< "Steps"
  std::string help;         ///< one sentence, with the source of the default
  ParameterValue fallback;  ///< published default; its type is the parameter's type
  double minimum = 0.0;     ///< for numbers; equal bounds mean that every number is allowed
  double maximum = 0.0;
  std::vector<std::string> choices;  ///< for strings: the allowed values; empty means free text
};

/// A method as the window, the command line and the documentation see it. No Torch.
struct MethodInfo {
  std::string id;           ///< "grad_cam"
  std::string title;        ///< "Grad-CAM"
  std::string description;  ///< a paragraph: what it does and how to read it
  std::string citation;     ///< "Selvaraju et al. 2017"
  bool usesLayer = false;   ///< asks for a layer (default: last with spatial extent)
  bool needsGradient = true;
  bool isSigned = true;  ///< whether negative values carry meaning
  std::vector<ParameterSpec> parameters;
};

/// Checked values of a method's parameters, defaults filled in.
class ParameterValues {
 public:
  ParameterValues() = default;
  explicit ParameterValues(const MethodInfo& info);

  /// Sets from text as typed on the command line. Throws Error naming method and parameter for unknown names,
  /// values that do not parse, are out of range or not among the choices.
  void set(const MethodInfo& info, std::string_view id, std::string_view text);
  void set(const MethodInfo& info, std::string_view id, ParameterValue value);
  /// These values, checked, with the method's defaults for what was not set. Throws Error as set() does.
  ParameterValues completed(const MethodInfo& info) const;

  bool flag(std::string_view id) const;
  std::int64_t integer(std::string_view id) const;
  double number(std::string_view id) const;
  const std::string& text(std::string_view id) const;
  const std::map<std::string, ParameterValue, std::less<>>& all() const noexcept { return values_; }

 private:
  std::map<std::string, ParameterValue, std::less<>> values_;
};

}  // namespace unitscope
