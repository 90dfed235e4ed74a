#pragma once

#include <sstream>
#include <string>
#include <vector>

#include <QString>

#include <nlohmann/json.hpp>

#include "app/cli/command_line.h"

namespace unitscope::test {

struct Outcome {
  int status = 0;
  std::string out, err;

  /// Null where the output is no JSON.
  nlohmann::json json() const { return nlohmann::json::parse(out, nullptr, false); }
  /// For QVERIFY2: what a failed comparison should show.
  QByteArray text() const {
    return QByteArray::number(status) + "\n" + QByteArray::fromStdString(out) + "\n" + QByteArray::fromStdString(err);
  }
};

/// Runs a command in this process, as typed behind `unitscope`.
inline Outcome command(const std::vector<std::string>& arguments) {
  std::ostringstream out, err;
  const cli::Host host{out, err, false, {}, {}, {}};
  Outcome outcome;
  outcome.status = cli::runCommandLine(arguments, host);
  outcome.out = out.str();
  outcome.err = err.str();
  return outcome;
}

inline std::string shared(const std::string& path) {
  return std::string(UNITSCOPE_SHARED_DIR) + "/" + path;
}

}  // namespace unitscope::test
