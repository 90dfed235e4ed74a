#pragma once

#include <functional>

#include "app/judging/judge_state.h"

namespace unitscope {

/// How a page changes the state: the undo step's text, the edit, and a key under which steps that follow one another
/// become one.
using ChangeState = std::function<void(const QString&, const std::function<void(JudgeState&)>&, const QString&)>;

}  // namespace unitscope
