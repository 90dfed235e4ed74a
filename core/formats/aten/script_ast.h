#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace unitscope::aten {

/// An expression of the subset of Python that TorchScript archives are written in.
struct ScriptExpr {
  enum class Kind {
    None,
    True,
    False,
    Int,
    Float,
    String,
    Name,
    Attribute,  ///< children[0].text
    Call,       ///< children[0](children[1], ...); keywords[i] names children[i + 1], "" by position
    List,
    Tuple,
    Dict,    ///< keys and values alternate
    Index,   ///< children[0][children[1]]
    Slice,   ///< children[0][children[1]:children[2]], an absent end being None
    Unary,   ///< text: "-", "not", "~"
    Binary,  ///< text: the operator
    Choice,  ///< children[0] if children[1] else children[2]
  };
  Kind kind = Kind::None;
  std::string text;
  std::int64_t integer = 0;
  double number = 0.0;
  std::vector<std::unique_ptr<ScriptExpr>> children;
  std::vector<std::string> keywords;
  int depth = 1;
};
using ScriptExprPtr = std::unique_ptr<ScriptExpr>;

struct ScriptStatement {
  enum class Kind { Assign, Expression, Return, If, For, While, Pass };
  Kind kind = Kind::Pass;
  std::vector<std::string> targets;  ///< Assign, For
  bool unpacks = false;              ///< Assign: the value is taken apart, also for one target ("a, = x")
  ScriptExprPtr value;               ///< also the condition of If and While, the range of For; may be absent in Return
  std::vector<ScriptStatement> body;
  std::vector<ScriptStatement> otherwise;
};

struct ScriptParameter {
  std::string name;
  std::string type;  ///< outermost name: "Tensor", "Optional", "int"
  ScriptExprPtr fallback;
};

struct ScriptFunction {
  std::string name;
  std::vector<ScriptParameter> parameters;
  std::vector<ScriptStatement> body;
};

struct ScriptClass {
  std::string name;
  std::string base;                 ///< "Module", "NamedTuple"
  std::vector<std::string> fields;  ///< in order
  std::map<std::string, ScriptFunction, std::less<>> methods;
};

/// One source file of an archive.
struct ScriptFile {
  std::map<std::string, ScriptFunction, std::less<>> functions;
  std::map<std::string, ScriptClass, std::less<>> classes;
};

/// Reads a source file. Throws Error with the subject for text outside the subset, naming the line, and for text that
/// is nested too deeply or too long.
ScriptFile parseScript(std::string_view source, const std::string& subject);

}  // namespace unitscope::aten
