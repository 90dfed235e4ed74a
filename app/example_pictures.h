#pragma once

#include <vector>

#include <QImage>
#include <QString>

namespace unitscope {

struct ExamplePicture {
  QString name;
  QImage image;
};

/// Small pictures that the program draws itself, one for each class of the example network: sea, birches, rain,
/// ripples. Always the same ones.
std::vector<ExamplePicture> drawExamplePictures();

}  // namespace unitscope
