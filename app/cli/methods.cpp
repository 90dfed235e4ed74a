#include <ostream>
#include <sstream>

#include "app/cli/commands.h"
#include "app/cli/json_text.h"
#include "engine/model.h"

namespace unitscope::cli {
namespace {

/// As --set takes it.
std::string valueText(const ParameterValue& value) {
  std::ostringstream text;
  if (const auto* flag = std::get_if<bool>(&value)) {
    text << (*flag ? "true" : "false");
  } else {
    std::visit([&](const auto& v) { text << v; }, value);
  }
  return text.str();
}

Json valueJson(const ParameterValue& value) {
  return std::visit([](const auto& v) { return Json(v); }, value);
}

bool isNumber(const ParameterValue& value) {
  return std::holds_alternative<std::int64_t>(value) || std::holds_alternative<double>(value);
}

std::string rangeText(const ParameterSpec& spec) {
  if (!spec.choices.empty()) {
    std::string text;
    for (const std::string& choice : spec.choices) text += (text.empty() ? "`" : ", `") + choice + "`";
    return text;
  }
  if (std::holds_alternative<bool>(spec.fallback)) return "`true`, `false`";
  if (!isNumber(spec.fallback)) return "text";
  std::ostringstream text;
  text << spec.minimum << " to " << spec.maximum;
  return text.str();
}

Json methodJson(const MethodInfo& info) {
  Json parameters = Json::array();
  for (const ParameterSpec& spec : info.parameters) {
    Json json{{"id", spec.id}, {"title", spec.title}, {"help", spec.help}, {"default", valueJson(spec.fallback)}};
    if (isNumber(spec.fallback)) {
      json["minimum"] = spec.minimum;
      json["maximum"] = spec.maximum;
    }
    if (!spec.choices.empty()) json["choices"] = spec.choices;
    parameters.push_back(std::move(json));
  }
  return {{"id", info.id},
          {"title", info.title},
          {"description", info.description},
          {"citation", info.citation},
          {"uses_layer", info.usesLayer},
          {"needs_gradient", info.needsGradient},
          {"signed", info.isSigned},
          {"parameters", std::move(parameters)}};
}

void printMethods(std::ostream& out) {
  for (const MethodInfo& info : attributionMethods()) {
    out << info.id << "  " << info.title << " (" << info.citation << ")\n";
    for (const ParameterSpec& spec : info.parameters)
      out << "    --set " << spec.id << '=' << valueText(spec.fallback) << "  " << spec.help << '\n';
  }
}

}  // namespace

std::string methodsAsMarkdown() {
  std::ostringstream out;
  out << "# Attribution methods\n\n"
         "Made by `unitscope methods --markdown`; the test `cli.methods` says when it is out of date.\n\n"
         "Parameters are set by `--set name=value` on the command line and by the controls beside each method in the\n"
         "window. Defaults are the published ones.\n";
  for (const MethodInfo& info : attributionMethods()) {
    out << "\n## " << info.title << "\n\n`" << info.id << "`, " << info.citation << "\n\n" << info.description << '\n';
    out << "\nValues are " << (info.isSigned ? "signed: they speak for or against the class" : "not negative") << ". "
        << (info.needsGradient ? "Needs gradients" : "Needs forward passes only")
        << (info.usesLayer ? " and a layer (`--layer`; by default the last feature maps).\n" : ".\n");
    if (info.parameters.empty()) continue;
    out << "\n| parameter | default | values | meaning |\n|---|---|---|---|\n";
    for (const ParameterSpec& spec : info.parameters)
      out << "| `" << spec.id << "` | `" << valueText(spec.fallback) << "` | " << rangeText(spec) << " | " << spec.help
          << " |\n";
  }
  return out.str();
}

void addMethods(CLI::App& root, Action& chosen) {
  struct Options {
    bool json = false, markdown = false;
  };
  auto options = std::make_shared<Options>();
  CLI::App* command = root.add_subcommand("methods", "The attribution methods and their parameters");
  addJsonFlag(*command, options->json);
  command->add_flag("--markdown", options->markdown, "Print docs/methods.md");
  command->callback([options, &chosen] {
    chosen = [options](Console& console) {
      if (options->json) {
        Json json = Json::array();
        for (const MethodInfo& info : attributionMethods()) json.push_back(methodJson(info));
        printJson(console.out(), json);
      } else if (options->markdown) {
        console.out() << methodsAsMarkdown();
      } else {
        printMethods(console.out());
      }
      return kFine;
    };
  });
}

}  // namespace unitscope::cli
