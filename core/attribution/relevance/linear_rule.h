#pragma once

#include <functional>

#include <ATen/ATen.h>

namespace unitscope {

/// How a layer with weights hands the relevance of its outputs to its inputs. z_ij = x_i w_ij is what input i gives
/// output j, b_j the bias; x+ and x- are the positive and the negative part.
///  - Epsilon: R_i = sum_j z_ij / (z_j + eps sign z_j) R_j with z_j = sum_i z_ij + b_j (Bach et al. 2015, eq. 58).
///  - ZPlus: the same with the positive z_ij and b_j+ alone (alpha 1, beta 0).
///  - Alpha2Beta1: twice the share by positive contributions less the share by negative ones (eq. 60).
///  - Flat: to every input that the output sees in equal parts (Lapuschkin et al. 2019).
///  - Excitation: by x_i+ w_ij+, without biases: probabilities of winning (Zhang et al. 2016).
///  - Inhibition: by x_i+ w_ij-, as if the weights had the other sign: the contrast of contrastive excitation backprop.
enum class LinearRule { Epsilon, ZPlus, Alpha2Beta1, Flat, Excitation, Inhibition };

/// What a linear layer computes from; the bias may be undefined.
struct LinearTerms {
  at::Tensor x, weight, bias;
};

/// The layer as a function of its terms, linear in x.
using LinearFunction = std::function<at::Tensor(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias)>;

/// Added to denominators of rules that name no epsilon of their own.
inline constexpr double kStabiliser = 1e-6;

/// relevance / (z + epsilon sign z), the sign of 0 being 1. With an epsilon of 0 nothing comes through where z is 0.
at::Tensor dividedBy(const at::Tensor& z, const at::Tensor& relevance, double epsilon);

/// Relevance of x, in its shape, from that of the output. `epsilon` is what LinearRule::Epsilon uses.
at::Tensor throughLinear(LinearRule rule, const LinearFunction& layer, const LinearTerms& terms,
                         const at::Tensor& relevance, double epsilon);

}  // namespace unitscope
