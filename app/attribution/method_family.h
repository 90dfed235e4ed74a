#pragma once

#include <string_view>

#include <QString>

namespace unitscope {

/// Kinds of attribution methods, in the order in which the list of methods shows them.
enum class MethodFamily { Gradients, Activations, Relevance, Perturbation, Superpixels, Attention, Other };
constexpr int kMethodFamilies = int(MethodFamily::Other) + 1;

/// What kind the method with this id is; Other for those that are not known here.
MethodFamily methodFamily(std::string_view id);
/// "Gradients", for the heading of a group.
QString familyTitle(MethodFamily family);
/// One sentence on what its methods have in common.
QString familyHelp(MethodFamily family);

}  // namespace unitscope
