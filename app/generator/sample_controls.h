#pragma once

#include <optional>

#include <QWidget>

#include "app/context.h"

class QCheckBox;
class QComboBox;
class QLabel;
class QSlider;
class QSpinBox;
class QToolButton;

namespace unitscope {

class GeneratorStage;
struct GeneratorScene;

/// Which sample is on stage: seed, truncation, noise and class.
class SampleControls : public QWidget {
  Q_OBJECT
 public:
  SampleControls(const Context& context, GeneratorStage& stage, QWidget* parent = nullptr);

  QSpinBox* seed() const { return seed_; }
  QToolButton* previous() const { return previous_; }
  QToolButton* next() const { return next_; }
  QToolButton* random() const { return random_; }
  QCheckBox* keepsChanges() const { return keep_; }
  QSlider* truncation() const { return truncation_; }
  QComboBox* noise() const { return noise_; }
  QToolButton* reroll() const { return reroll_; }
  QComboBox* classes() const { return classes_; }
  bool keeping() const;

  /// Takes the sample with this seed.
  void takeSeed(quint64 seed);

 Q_SIGNALS:
  void keepChanged();

 private:
  void makeSeed();
  void makeTruncation();
  void makeNoise();
  void fillClasses();
  void show();
  void showTruncation();

  Context context_;
  GeneratorStage& stage_;
  QSpinBox* seed_;
  QToolButton *previous_, *next_, *random_;
  QCheckBox* keep_;
  QSlider* truncation_;
  QLabel* truncationValue_;
  QComboBox* noise_;
  QToolButton* reroll_;
  QLabel* classLabel_;
  QComboBox* classes_;
};

/// The seed of a scene that was drawn by one; nothing for others.
std::optional<quint64> seedOf(const GeneratorStage& stage, const GeneratorScene& scene);
/// The scene of a seed, with what was changed about the scene on stage where `keepsChanges`.
GeneratorScene sampleOfSeed(const GeneratorStage& stage, quint64 seed, bool keepsChanges);

}  // namespace unitscope
