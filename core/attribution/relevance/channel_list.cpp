#include "attribution/relevance/channel_list.h"

#include <charconv>
#include <set>
#include <string>
#include <system_error>

#include "runtime/error.h"

namespace unitscope {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

std::int64_t channelFrom(std::string_view text, std::int64_t count) {
  text = trimmed(text);
  std::int64_t channel = -1;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), channel);
  if (problem != std::errc() || end != text.data() + text.size())
    throw Error("channel", "'" + std::string(text) + "' is no number; write 383, or a list as 1, 5, 10-19");
  if (channel < 0 || channel >= count)
    throw Error("channel " + std::string(text), "the layer has channels 0 to " + std::to_string(count - 1));
  return channel;
}

}  // namespace

std::vector<std::int64_t> channelsFrom(std::string_view text, std::int64_t count) {
  std::set<std::int64_t> channels;
  if (trimmed(text).empty()) return {};
  for (;;) {
    const std::size_t comma = text.find(',');
    const std::string_view item = trimmed(text.substr(0, comma));
    const std::size_t dash = item.find('-', 1);
    const std::int64_t from = channelFrom(item.substr(0, dash), count);
    const std::int64_t to = dash == std::string_view::npos ? from : channelFrom(item.substr(dash + 1), count);
    if (to < from) throw Error("channel", "'" + std::string(item) + "' runs backwards");
    for (std::int64_t c = from; c <= to; ++c) channels.insert(c);
    if (comma == std::string_view::npos) break;
    text.remove_prefix(comma + 1);
  }
  return {channels.begin(), channels.end()};
}

}  // namespace unitscope
