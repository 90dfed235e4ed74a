#pragma once

#include "exec/operator.h"

namespace unitscope::ops {

// Each family of operators lives in a file of its own and adds itself to the table here.
void addConvolution(OperatorTable& table);    // Conv, ConvTranspose, DeformConv
void addPooling(OperatorTable& table);        // MaxPool, AveragePool, Global*, LpPool, adaptive pooling, RoiAlign
void addNormalization(OperatorTable& table);  // Batch/Instance/Layer/GroupNormalization, LRN, RMS, MVN, Lp
void addActivation(OperatorTable& table);     // Relu, Sigmoid, Softmax, Gelu...
void addElementwise(OperatorTable& table);    // arithmetic, comparison, logic, rounding, trigonometry
void addReduction(OperatorTable& table);      // Reduce*, ArgMax, ArgMin, CumSum, TopK
void addLinear(OperatorTable& table);         // Gemm, MatMul, Einsum, Attention, Det
void addShape(OperatorTable& table);          // Reshape, Transpose, Concat, Split, Slice, Pad, Expand, Tile...
void addIndexing(OperatorTable& table);       // Gather*, Scatter*, Where, OneHot, NonZero, Compress, Trilu...
void addCreation(OperatorTable& table);       // Constant, ConstantOfShape, Range, EyeLike, Cast, Shape, Size
void addResampling(OperatorTable& table);     // Resize, GridSample, AffineGrid, DepthToSpace, SpaceToDepth
void addMisc(OperatorTable& table);           // losses, windows, DFT, Unique, NonMaxSuppression...

}  // namespace unitscope::ops
