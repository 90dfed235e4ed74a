#include "gan/attributes.h"

#include <array>
#include <string_view>
#include <utility>

#include "runtime/error.h"

namespace unitscope {
namespace {

using Kind = PictureAttribute::Kind;
using Band = PictureAttribute::Band;

struct KindName {
  Kind kind;
  std::string_view text;
  bool named, banded;
};

constexpr std::array<KindName, 9> kKinds{{{Kind::ClassProbability, "class", true, false},
                                          {Kind::ClassScore, "score", true, false},
                                          {Kind::ConceptArea, "area", true, true},
                                          {Kind::ColorArea, "color", true, true},
                                          {Kind::Brightness, "brightness", false, true},
                                          {Kind::Contrast, "contrast", false, true},
                                          {Kind::Saturation, "saturation", false, true},
                                          {Kind::Warmth, "warmth", false, true},
                                          {Kind::HandLabels, "hand", true, false}}};
constexpr std::array<std::pair<Band, std::string_view>, 3> kBands{
    {{Band::Top, "@top"}, {Band::Middle, "@middle"}, {Band::Bottom, "@bottom"}}};

[[noreturn]] void refuse(const std::string& text) {
  throw Error(text,
              "is no attribute; there are class:LABEL, score:LABEL, area:CONCEPT, color:NAME, brightness, contrast, "
              "saturation and warmth, all but the first two also for a third of the picture, as brightness@top");
}

}  // namespace

std::string textOf(const PictureAttribute& attribute) {
  std::string text;
  for (const KindName& kind : kKinds)
    if (kind.kind == attribute.kind) text = std::string(kind.text) + (kind.named ? ":" + attribute.name : "");
  for (const auto& [band, name] : kBands)
    if (band == attribute.band) text += name;
  return text;
}

PictureAttribute attributeFrom(const std::string& text) {
  const std::size_t colon = text.find(':');
  std::string_view first = std::string_view(text).substr(0, colon);
  std::string_view name = colon == std::string::npos ? std::string_view() : std::string_view(text).substr(colon + 1);
  PictureAttribute attribute;
  // Labels may hold any sign, so only what stands at the very end and is a band's name is taken as one.
  std::string_view& last = colon == std::string::npos ? first : name;
  for (const auto& [band, end] : kBands)
    if (last.ends_with(end)) {
      attribute.band = band;
      last.remove_suffix(end.size());
      break;
    }
  for (const KindName& kind : kKinds) {
    if (kind.text != first || kind.named != (colon != std::string::npos) || (kind.named && name.empty())) continue;
    if (attribute.band != Band::Whole && !kind.banded) refuse(text);
    attribute.kind = kind.kind;
    attribute.name = name;
    return attribute;
  }
  refuse(text);
}

}  // namespace unitscope
