#pragma once

#include <QDialog>
#include <QTimer>

#include "app/studio.h"

class QComboBox;
class QLabel;
class QPushButton;

namespace unitscope {

class CardForm;

/// Shows what was guessed of a network's preprocessing and labels, for confirmation: with what the network then sees
/// of a picture, and what it answers. Does not block the window.
class CardDialog : public QDialog {
  Q_OBJECT
 public:
  explicit CardDialog(Studio& studio, QWidget* parent = nullptr);
  CardForm& form() { return *form_; }
  /// Why the card cannot be confirmed as it stands; empty when it can.
  QString problem() const;
  void accept() override;

 private:
  QWidget* makePreview();
  void edited();
  void preview();
  void listPictures();
  ImagePtr chosenPicture() const;
  void showSeen(const Classification& answer);

  Studio& studio_;
  CardForm* form_;
  QComboBox* picture_;
  QLabel *seen_, *answer_, *complaint_;
  QPushButton* confirm_;
  QTimer delay_;
};

}  // namespace unitscope
