#pragma once

#include <cstdint>
#include <vector>

#include "zoo/networks/net_builder.h"

namespace unitscope {

/// Residual network (He et al. 2016) with batch norms: a stem, then one stage a width, each halving the size (the first
/// where `firstStride` is 2). Input `input` [N,inputChannels,side,side] in -1..1; output `logits` [N,classes]. The
/// stages end in the values `stage1`, `stage2`...; `features` [N,last width] is what the last layer sees.
struct ResidualNetShape {
  int inputChannels = 3;
  int side = 64;
  int classes = 16;
  int stem = 16;
  int firstStride = 2;
  std::vector<int> widths{24, 48, 72, 104};
  std::vector<int> blocks{2, 2, 1, 1};
};
Network makeResidualNet(const ResidualNetShape& shape, const NetOptions& options);

/// U-Net (Ronneberger et al. 2015) with batch norms, bilinear upsampling and one width a resolution. Input `input`
/// [N,3,side,side] in -1..1; output `logits` [N,classes,side,side].
struct UNetShape {
  int side = 64;
  int classes = 17;
  std::vector<int> widths{16, 32, 48, 64};
};
Network makeUNet(const UNetShape& shape, const NetOptions& options);

/// Style-based generator (Karras et al. 2020: weights modulated and demodulated by the style, noise inputs, skip
/// connections to the picture) for small pictures. Inputs: `z` [N,latent], normal; `truncation` (1 by default: how far
/// a style lies from the mean one, `w_mean`), and `noise.0`... [1 or N,1,h,w], fixed by default. Values that callers
/// feed or read: `w` [N,latent], `w_plus` [N,layers,latent] (a style for each layer). Output `image` [N,channels,
/// side,side], about -1..1, not clipped.
struct GeneratorShape {
  int latent = 128;
  int mappingLayers = 4;
  int channels = 3;
  int firstSide = 4;
  std::vector<int> widths{128, 128, 96, 48, 32};  ///< one a resolution, each double the one before
  int side() const { return firstSide << (widths.size() - 1); }
  int layers() const { return 2 * static_cast<int>(widths.size()) - 1; }
};
Network makeGenerator(const GeneratorShape& shape, const NetOptions& options);

/// Discriminator with two eyes: one sees the picture (Karras et al. 2020, without residuals; each square of 2x2 pixels
/// is taken as one place of four times the channels, which costs a quarter), the others see feature maps of a trained
/// classifier, mixed at random across channels and scales (Sauer et al. 2021). Inputs `image` [N,C,side,side] and
/// `feature.0`... (fine to coarse, each half the size of the one before); outputs `pixel` [N,1] and `heads` [N,K],
/// larger for real pictures.
struct DiscriminatorShape {
  int channels = 3;
  int side = 64;
  std::vector<int> widths{32, 64, 96, 128};  ///< of the eye on the picture, one a resolution from side/2 on
  int featureSide = 32;                      ///< of the finest feature map
  std::vector<int> featureChannels{24, 48, 72, 104};
  int mixed = 32;  ///< channels after mixing
};
Network makeDiscriminator(const DiscriminatorShape& shape, const NetOptions& options);

/// Residual encoder from a picture to a style for each of a generator's layers. Input `input` [N,3,side,side] in -1..1;
/// output `w_plus` [N,layers,latent], ready to be fed to the generator whose mean style is in `w_mean`.
struct EncoderShape {
  int side = 64;
  int latent = 128;
  int layers = 9;
  std::vector<int> widths{16, 32, 64, 128};
};
Network makeEncoder(const EncoderShape& shape, const NetOptions& options);

}  // namespace unitscope
