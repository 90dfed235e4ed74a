#include "app/attribution/method_family.h"

#include <algorithm>
#include <array>
#include <utility>

#include <QCoreApplication>

namespace unitscope {

namespace {

using Family = MethodFamily;

constexpr std::array kFamilies{
    std::pair{std::string_view("gradient"), Family::Gradients},
    std::pair{std::string_view("input_x_gradient"), Family::Gradients},
    std::pair{std::string_view("guided_backprop"), Family::Gradients},
    std::pair{std::string_view("deconvnet"), Family::Gradients},
    std::pair{std::string_view("smoothgrad"), Family::Gradients},
    std::pair{std::string_view("integrated_gradients"), Family::Gradients},
    std::pair{std::string_view("expected_gradients"), Family::Gradients},
    std::pair{std::string_view("conductance"), Family::Gradients},
    std::pair{std::string_view("grad_cam"), Family::Activations},
    std::pair{std::string_view("grad_cam_pp"), Family::Activations},
    std::pair{std::string_view("guided_grad_cam"), Family::Activations},
    std::pair{std::string_view("layer_cam"), Family::Activations},
    std::pair{std::string_view("score_cam"), Family::Activations},
    std::pair{std::string_view("xgrad_cam"), Family::Activations},
    std::pair{std::string_view("eigen_cam"), Family::Activations},
    std::pair{std::string_view("linear_approximation"), Family::Activations},
    std::pair{std::string_view("lrp"), Family::Relevance},
    std::pair{std::string_view("crp"), Family::Relevance},
    std::pair{std::string_view("deeplift"), Family::Relevance},
    std::pair{std::string_view("excitation_backprop"), Family::Relevance},
    std::pair{std::string_view("contrastive_excitation_backprop"), Family::Relevance},
    std::pair{std::string_view("occlusion"), Family::Perturbation},
    std::pair{std::string_view("rise"), Family::Perturbation},
    std::pair{std::string_view("meaningful"), Family::Perturbation},
    std::pair{std::string_view("extremal"), Family::Perturbation},
    std::pair{std::string_view("lime"), Family::Superpixels},
    std::pair{std::string_view("kernel_shap"), Family::Superpixels},
    std::pair{std::string_view("segment_ablation"), Family::Superpixels},
    std::pair{std::string_view("attention_rollout"), Family::Attention},
    std::pair{std::string_view("gradient_x_attention"), Family::Attention},
    std::pair{std::string_view("gradient_attention"), Family::Attention},
};

QString text(const char* source) {
  return QCoreApplication::translate("MethodFamily", source);
}

}  // namespace

MethodFamily methodFamily(std::string_view id) {
  const auto found = std::find_if(kFamilies.begin(), kFamilies.end(), [id](const auto& f) { return f.first == id; });
  return found == kFamilies.end() ? Family::Other : found->second;
}

QString familyTitle(MethodFamily family) {
  switch (family) {
    case Family::Gradients: return text("Gradients");
    case Family::Activations: return text("Class activation maps");
    case Family::Relevance: return text("Relevance");
    case Family::Perturbation: return text("Perturbation");
    case Family::Superpixels: return text("Superpixels");
    case Family::Attention: return text("Attention");
    case Family::Other: break;
  }
  return text("Other");
}

QString familyHelp(MethodFamily family) {
  switch (family) {
    case Family::Gradients: return text("How the score answers to small changes of each pixel");
    case Family::Activations: return text("Feature maps of a layer, weighed by what they do for the score");
    case Family::Relevance: return text("The score is shared out among the inputs, layer by layer, backwards");
    case Family::Perturbation: return text("Parts of the picture are hidden or kept, and the score is watched");
    case Family::Superpixels: return text("Whole patches of the picture are switched off and on");
    case Family::Attention: return text("Where the attention of a transformer goes");
    case Family::Other: break;
  }
  return text("Methods of no family that is known here");
}

}  // namespace unitscope
