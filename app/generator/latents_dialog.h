#pragma once

#include <QDialog>
#include <QJsonObject>

#include "gan/generator_plan.h"

class QComboBox;

namespace unitscope {

class Document;
class GeneratorStage;

/// Which of the network's values are its latents, class, truncation, styles and picture: what was found, and what the
/// user knows better.
class LatentsDialog : public QDialog {
  Q_OBJECT
 public:
  LatentsDialog(const GeneratorStage& stage, const Document& document, QWidget* parent = nullptr);

  LatentHints hints() const;
  QComboBox* z() const { return z_; }
  QComboBox* classes() const { return classes_; }
  QComboBox* truncation() const { return truncation_; }
  QComboBox* styles() const { return styles_; }
  QComboBox* image() const { return image_; }

 private:
  QComboBox *z_, *classes_, *truncation_, *styles_, *image_;
};

/// Shows it; what the user confirms goes to the stage.
void openLatentsDialog(GeneratorStage& stage, const Document& document, QWidget* parent);

/// For sessions; empty where nothing is said.
QJsonObject hintsToJson(const LatentHints& hints);
LatentHints hintsFromJson(const QJsonObject& json);

}  // namespace unitscope
