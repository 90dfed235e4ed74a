#pragma once

#include <optional>

#include <QProcess>
#include <QString>
#include <QStringList>

namespace unitscope::test {

/// A Python that has h5py: the one that UNITSCOPE_PYTHON names, else the system's. Nothing where there is none.
inline std::optional<QString> pythonWithH5py() {
  QStringList programs{QStringLiteral("/usr/bin/python3"), QStringLiteral("python3")};
  if (qEnvironmentVariableIsSet("UNITSCOPE_PYTHON")) programs = {qEnvironmentVariable("UNITSCOPE_PYTHON")};
  for (const QString& program : programs) {
    QProcess python;
    python.start(program, {QStringLiteral("-c"), QStringLiteral("import h5py")});
    if (python.waitForFinished(60000) && python.exitStatus() == QProcess::NormalExit && python.exitCode() == 0)
      return program;
  }
  return std::nullopt;
}

/// Runs a script with arguments; its output, or what went wrong behind "failed: ".
inline QString runPython(const QString& program, const QString& script, const QStringList& arguments) {
  QProcess python;
  python.start(program, QStringList{QStringLiteral("-c"), script} + arguments);
  if (!python.waitForFinished(120000) || python.exitCode() != 0)
    return QStringLiteral("failed: ") + QString::fromUtf8(python.readAllStandardError());
  return QString::fromUtf8(python.readAllStandardOutput());
}

}  // namespace unitscope::test
