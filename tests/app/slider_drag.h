#pragma once

#include <QSlider>
#include <QStyle>
#include <QStyleOptionSlider>
#include <QTest>

namespace unitscope::test {

/// Takes the handle with the mouse and lets go of it at `share` of the slider's width.
inline void drag(QSlider& slider, double share) {
  QStyleOptionSlider option;
  option.initFrom(&slider);
  option.orientation = Qt::Horizontal;
  option.minimum = slider.minimum();
  option.maximum = slider.maximum();
  option.sliderPosition = option.sliderValue = slider.value();
  const QPoint from =
      slider.style()->subControlRect(QStyle::CC_Slider, &option, QStyle::SC_SliderHandle, &slider).center();
  const QPoint to(int(share * (slider.width() - 1)), from.y());
  QTest::mousePress(&slider, Qt::LeftButton, {}, from);
  for (int i = 1; i <= 5; ++i) QTest::mouseMove(&slider, from + (to - from) * i / 5);
  QTest::mouseRelease(&slider, Qt::LeftButton, {}, to);
}

}  // namespace unitscope::test
