#pragma once

#include "exec/operator.h"

namespace unitscope::ops {

// Each family of operators lives in a file of its own and adds itself to the table here.
void addConvolution(OperatorTable& table);    // Conv, ConvTranspose
void addDeformConv(OperatorTable& table);     // DeformConv
void addPooling(OperatorTable& table);        // MaxPool, AveragePool, LpPool, Global*, MaxUnpool, adaptive pooling
void addRegions(OperatorTable& table);        // RoiAlign, MaxRoiPool, NonMaxSuppression
void addNormalization(OperatorTable& table);  // Batch/Instance/Layer/GroupNormalization, LRN, RMS, MVN, Lp
void addActivation(OperatorTable& table);     // Relu, Sigmoid, Softmax, Gelu...
void addElementwise(OperatorTable& table);    // arithmetic, comparison, logic, rounding, trigonometry
void addReduction(OperatorTable& table);      // Reduce*, ArgMax, ArgMin, CumSum, TopK
void addLinear(OperatorTable& table);         // Gemm, MatMul, Einsum, Det
void addAttention(OperatorTable& table);      // Attention, RotaryEmbedding
void addShape(OperatorTable& table);          // Reshape, Transpose, Concat, Split, Slice, Expand, Tile...
void addPad(OperatorTable& table);            // Pad
void addIndexing(OperatorTable& table);       // Gather*, Scatter*, Where, OneHot, NonZero, Compress, Trilu
void addCreation(OperatorTable& table);       // Constant, ConstantOfShape, Range, EyeLike, Cast, Shape, Size, Random*
void addResampling(OperatorTable& table);     // GridSample, AffineGrid, DepthToSpace, SpaceToDepth
void addResize(OperatorTable& table);         // Resize
void addMisc(OperatorTable& table);           // Unique, Col2Im
void addLosses(OperatorTable& table);         // NegativeLogLikelihoodLoss, SoftmaxCrossEntropyLoss
void addSignal(OperatorTable& table);         // windows, MelWeightMatrix, DFT, STFT
void addQuantized(OperatorTable& table);      // QuantizeLinear, DequantizeLinear, ConvInteger, QLinear*...

}  // namespace unitscope::ops
