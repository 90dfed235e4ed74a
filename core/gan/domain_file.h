#pragma once

#include <string>
#include <string_view>

#include "gan/domain_check.h"

namespace unitscope {

/// A reference as JSON, so that it need not be computed again.
std::string toJson(const DomainReference& reference);
/// Throws Error(origin, ...) for anything else: other shapes, numbers that are not finite, latents of over 4,096
/// numbers, over 100,000 pictures.
DomainReference domainReferenceFromJson(std::string_view json, const std::string& origin);

}  // namespace unitscope
