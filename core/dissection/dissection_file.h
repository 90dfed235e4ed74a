#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "dissection/dissect.h"
#include "dissection/net2vec.h"

namespace unitscope {

/// JSON with everything, the IoU of each unit with each concept in millionths. UTF-8, a line a unit.
std::string dissectionJson(const Dissection& dissection);
/// Throws Error(origin, reason) for text that is no such JSON, and for sizes that disagree or are too large.
Dissection dissectionFromJson(std::string_view json, const std::string& origin);
/// Written atomically. Throws Error naming the file.
void saveDissection(const Dissection& dissection, const std::filesystem::path& file);
/// Throws Error naming the file; files over 512 MiB are refused.
Dissection loadDissection(const std::filesystem::path& file);

/// The same for concept vectors.
std::string net2vecJson(const Net2Vec& vectors);
Net2Vec net2vecFromJson(std::string_view json, const std::string& origin);
void saveNet2Vec(const Net2Vec& vectors, const std::filesystem::path& file);
Net2Vec loadNet2Vec(const std::filesystem::path& file);

/// A line for each unit: layer, unit, threshold, label, category, IoU, runner-ups.
std::string dissectionCsv(const Dissection& dissection);

}  // namespace unitscope
