#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace unitscope {

/// What a file that no reader recognises looks like, and what to do about it, as the reason of an Error ("this is a
/// picture; ..."). `head` holds its first bytes, 64 KiB at most.
std::string describeUnknownFile(const std::filesystem::path& file, std::string_view head);

/// The same for a folder.
std::string describeFolder(const std::filesystem::path& folder);

}  // namespace unitscope
