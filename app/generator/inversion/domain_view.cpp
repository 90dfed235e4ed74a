#include "app/generator/inversion/domain_view.h"

#include <algorithm>
#include <cmath>
#include <span>

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QVBoxLayout>

#include "app/availability.h"
#include "app/data_box.h"
#include "widgets/icons.h"
#include "widgets/theme.h"
#include "widgets/threshold_histogram.h"

namespace unitscope {

namespace {

constexpr int kBars = 18;
constexpr std::size_t kMeasures = 4;

QString headline(DomainVerdict verdict) {
  switch (verdict) {
    case DomainVerdict::Inside: return DomainView::tr("Inside of what this generator draws");
    case DomainVerdict::Edge: return DomainView::tr("At the edge of what this generator draws");
    case DomainVerdict::Outside: return DomainView::tr("Outside of what this generator draws");
  }
  return {};
}

}  // namespace

DomainView::DomainView(QWidget* parent)
    : QWidget(parent),
      check_(new QPushButton),
      known_(new DataBox(tr("Pictures that belong to the domain"))),
      verdict_(new QLabel) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 4, 0, 0);
  column->setSpacing(4);
  auto* head = new QHBoxLayout;
  check_->setToolTip(
      tr("Inverts pictures that the generator can draw and compares this one with them; once for each "
         "choice of options"));
  head->addWidget(check_);
  known_->insertItem(0, tr("its own samples"), QStringLiteral("samples"));
  known_->removeItem(known_->findData(QStringLiteral("scenes-biased")));
  known_->addItem(tr("a folder of pictures\u2026"), QStringLiteral("?"));
  known_->setToolTip(
      tr("A generator draws its own samples better than any other picture; real pictures that are known "
         "to belong to its domain make the verdict fairer"));
  head->addWidget(new QLabel(tr("against")));
  head->addWidget(known_, 1);
  column->addLayout(head);
  verdict_->setWordWrap(true);
  verdict_->setTextFormat(Qt::RichText);
  verdict_->setMargin(6);
  verdict_->setAutoFillBackground(true);
  verdict_->setAccessibleName(tr("Verdict"));
  verdict_->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
  column->addWidget(verdict_);
  for (std::size_t i = 0; i < kMeasures; ++i) {
    titles_.push_back(new QLabel);
    titles_.back()->setMinimumWidth(40);  // cut rather than wrapped: the histograms need the height
    histograms_.push_back(new ThresholdHistogram);
    histograms_.back()->setMinimumHeight(50);
    column->addWidget(titles_.back());
    column->addWidget(histograms_.back(), 10);
  }
  column->addStretch(1);
  connect(check_, &QPushButton::clicked, this, [this] {
    if (running_) {
      Q_EMIT stopWanted();
    } else {
      Q_EMIT checkWanted();
    }
  });
  connect(known_, &DataBox::picked, this, [this](const QString& known) {
    if (known != QLatin1String("?")) return Q_EMIT knownPicked(known);
    known_->choose(chosenKnown_);  // until a folder is chosen
    Q_EMIT knownFolderWanted();
  });
  setReady({}, false);
  show();
}

void DomainView::setKnown(const QString& known) {
  chosenKnown_ = known;
  known_->choose(known);
}

void DomainView::setReady(const QString& reasonIfNot, bool running) {
  const bool changed = running_ != running;
  running_ = running;
  if (changed) show();
  check_->setText(running ? tr("Stop") : tr("Check"));
  check_->setIcon(themedIcon(running ? QStringLiteral("cancel") : QStringLiteral("judge")));
  setAvailable(*check_, running ? QString() : reasonIfNot);
}

void DomainView::setFinding(const std::optional<DomainFinding>& finding, const DomainReferencePtr& reference) {
  finding_ = finding;
  reference_ = reference;
  show();
}

void DomainView::show() {
  const ThemeColors& theme = themeColors(palette());
  const bool known = finding_ && reference_;
  const StatusColors& colors = !known                                       ? theme.info
                               : finding_->verdict == DomainVerdict::Inside ? theme.success
                               : finding_->verdict == DomainVerdict::Edge   ? theme.warning
                                                                            : theme.error;
  QPalette own = palette();
  own.setColor(QPalette::Window, colors.background);
  own.setColor(QPalette::WindowText, colors.text);
  if (verdict_->palette() != own) verdict_->setPalette(own);
  if (!known) {
    verdict_->setText(
        tr("Can this generator draw such a picture at all? Invert it, then check: its code and what is "
           "left over are compared with those of pictures that the generator can draw."));
  } else {
    verdict_->setText(tr("<b>%1</b><br>%2")
                          .arg(headline(finding_->verdict), QString::fromStdString(finding_->reason).toHtmlEscaped()));
  }
  // In the order of the measures.
  std::vector<const std::vector<double>*> all;
  if (known) {
    all = {&reference_->distances, &reference_->startResiduals, &reference_->pixelResiduals,
           &reference_->perceptualResiduals};
    std::erase_if(all, [](const std::vector<double>* values) { return values->empty(); });
  }
  for (std::size_t i = 0; i < kMeasures; ++i) {
    const bool shown = known && i < finding_->measures.size() && i < all.size();
    titles_[i]->setVisible(shown);
    histograms_[i]->setVisible(shown);
    if (!shown) continue;
    const DomainMeasure& measure = finding_->measures[i];
    // The verdict compares with the known pictures alone where there are some.
    const std::span<const double> values = std::span(*all[i]).subspan(
        reference_->usesKnown ? std::min(all[i]->size() - 1, std::size_t(reference_->generated)) : 0);
    const auto [least, most] = std::ranges::minmax(values);
    const double from = std::min(least, measure.value), to = std::max(most, measure.value);
    const double step = std::max((to - from) / kBars, 1e-12);
    QVector<double> edges;
    for (int bar = 0; bar <= kBars; ++bar) edges << from + bar * step;
    QVector<qint64> counts(kBars, 0);
    for (const double value : values) ++counts[std::clamp(int((value - from) / step), 0, kBars - 1)];
    histograms_[i]->setHistogram(edges, counts);
    histograms_[i]->setThreshold(measure.value, tr("this picture"));
    const QString name = QString::fromStdString(measure.name);
    histograms_[i]->setAccessibleName(name);
    titles_[i]->setText(tr("%1: <b>%2</b>, above %3 % of %4%5")
                            .arg(name.toHtmlEscaped(), QLocale().toString(measure.value, 'g', 3),
                                 QLocale().toString(measure.percentile, 'f', 0),
                                 reference_->usesKnown ? tr("the known pictures") : tr("its own samples"),
                                 measure.counts ? QString() : tr("; does not count")));
    titles_[i]->setToolTip(tr("Their median is %1").arg(QLocale().toString(measure.median, 'g', 3)));
  }
}

void DomainView::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() == QEvent::PaletteChange) show();
}

}  // namespace unitscope
