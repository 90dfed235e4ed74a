#pragma once

#include <functional>
#include <optional>

#include <QObject>

#include "app/counterfactual/edited_picture.h"
#include "app/counterfactual/turnstile.h"

namespace unitscope {

/// What the network says of the picture as it is now, again and again while it is painted. One question is under way
/// at a time; the next one takes the newest state.
class LiveScores : public QObject {
  Q_OBJECT
 public:
  struct Question {
    std::shared_ptr<Model> model;
    ImageId image = 0;
    EditedPicture::Work work;
    StrokePtr live;   ///< a stroke that is still being drawn, after the others; may be null
    ImagePtr pixels;  ///< when they are there already: nothing is drawn then
  };
  struct Answer {
    Question question;
    std::vector<ImagePtr> drawn;  ///< see EditedPicture::draw
    ImagePtr pixels;              ///< what was looked at
    std::vector<Prediction> classes;
  };
  /// Asked for when it is its turn; nothing when there is no question any more.
  using Source = std::function<std::optional<Question>()>;

  LiveScores(EngineBridge& engine, Source source, QObject* parent = nullptr);

  void refresh();
  bool busy() const { return turnstile_.busy(); }

 Q_SIGNALS:
  void answered(const unitscope::LiveScores::Answer& answer);
  void busyChanged();

 private:
  void ask();
  EngineBridge& engine_;
  Source source_;
  Turnstile turnstile_;
};

}  // namespace unitscope
