#pragma once

#include <stdexcept>
#include <string>
#include <utility>

namespace unitscope {

/// A problem that a person can act on. `subject()` names the file, layer or option that is wrong (may be
/// empty) and `reason()` says what is wrong with it; `what()` is "subject: reason". The core throws it; jobs
/// and the command line catch it and show it, so it must never carry an address or an internal symbol.
class Error : public std::runtime_error {
 public:
  explicit Error(std::string reason) : std::runtime_error(reason), reason_(std::move(reason)) {}
  Error(std::string subject, std::string reason)
      : std::runtime_error(subject.empty() ? reason : subject + ": " + reason),
        subject_(std::move(subject)),
        reason_(std::move(reason)) {}

  const std::string& subject() const noexcept { return subject_; }
  const std::string& reason() const noexcept { return reason_; }

 private:
  std::string subject_;
  std::string reason_;
};

/// The device or the memory budget has no room for what was asked; the same work in smaller batches may fit.
class OutOfMemory : public Error {
 public:
  using Error::Error;
};

/// Thrown where a cancelled job notices that it was cancelled. Not an error to show.
class Cancelled : public std::exception {
 public:
  const char* what() const noexcept override { return "cancelled"; }
};

}  // namespace unitscope
