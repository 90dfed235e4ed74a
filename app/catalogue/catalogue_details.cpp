#include "app/catalogue/catalogue_details.h"

#include <QDir>
#include <QEvent>
#include <QLabel>
#include <QLocale>
#include <QProgressBar>
#include <QTextBrowser>
#include <QVBoxLayout>

#include "app/catalogue/catalogue_model.h"
#include "app/catalogue/download_queue.h"
#include "widgets/theme.h"

namespace unitscope {

namespace {

QString html(const std::string& text) {
  return QString::fromStdString(text).toHtmlEscaped();
}

/// With the palette's colour of the moment: a label keeps the one that its text began with.
QString link(const QPalette& palette, const std::string& url, const std::string& text) {
  if (url.empty()) return html(text);
  return QStringLiteral("<a href=\"%1\" style=\"color: %3\">%2</a>")
      .arg(html(url), html(text), palette.color(QPalette::Link).name());
}

QString preprocessing(const ModelCard& card) {
  const auto list = [](const std::vector<double>& values) {
    QStringList texts;
    for (const double value : values) texts << QString::number(value);
    return texts.join(QStringLiteral(", "));
  };
  return CatalogueDetails::tr("%1 x %2 RGB; short side to %3, centre crop; mean %4; deviation %5")
      .arg(card.width)
      .arg(card.height)
      .arg(card.resizeTo)
      .arg(list(card.mean), list(card.std));
}

QLabel* makeLabel(const char* name) {
  auto* label = new QLabel;
  label->setObjectName(QLatin1String(name));
  label->setWordWrap(true);
  label->setTextInteractionFlags(Qt::TextBrowserInteraction);
  return label;
}

}  // namespace

CatalogueDetails::CatalogueDetails(DownloadQueue& queue, QWidget* parent) : QWidget(parent), queue_(queue) {
  title_ = makeLabel("title");
  QFont bold = title_->font();
  bold.setBold(true);
  bold.setPointSizeF(bold.pointSizeF() * 1.15);
  title_->setFont(bold);
  facts_ = new QTextBrowser;
  facts_->setObjectName("facts");
  facts_->setAccessibleName(tr("About the network"));
  facts_->setOpenExternalLinks(true);
  facts_->setFrameShape(QFrame::NoFrame);
  facts_->viewport()->setAutoFillBackground(false);
  facts_->document()->setDocumentMargin(0);
  facts_->setMinimumHeight(3 * facts_->fontMetrics().height());
  // Addresses and sums are longer than the pane is wide.
  facts_->setWordWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
  problem_ = makeLabel("problem");
  problem_->setTextFormat(Qt::PlainText);
  problem_->setMargin(8);
  progress_ = new QProgressBar;
  progress_->setObjectName("progress");
  progress_->setRange(0, 100);
  progress_->setTextVisible(false);
  progress_->setAccessibleName(tr("Progress of the download"));
  progressText_ = makeLabel("progressText");

  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(8, 4, 0, 0);
  column->addWidget(title_);
  column->addWidget(problem_);
  column->addWidget(progress_);
  column->addWidget(progressText_);
  column->addWidget(facts_, 1);
  connect(&queue, &DownloadQueue::changed, this, [this](int row) {
    if (row == row_) refresh();
  });
  refresh();
}

void CatalogueDetails::setRow(int row) {
  row_ = row;
  refresh();
}

void CatalogueDetails::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() == QEvent::PaletteChange) refresh();
}

void CatalogueDetails::refresh() {
  const bool any = row_ >= 0;
  for (QWidget* part :
       {static_cast<QWidget*>(problem_), static_cast<QWidget*>(progress_), static_cast<QWidget*>(progressText_)}) {
    part->hide();
  }
  if (!any) {
    title_->clear();
    facts_->setPlainText(tr("Select a network to read about it."));
    return;
  }
  const CatalogueEntry& entry = queue_.catalogue().entries[static_cast<std::size_t>(row_)];
  const DownloadStatus status = queue_.status(row_);
  const QLocale locale;
  title_->setText(QString::fromStdString(entry.title));

  const StatusColors& colors = themeColors(palette()).error;
  problem_->setText(status.problem);
  problem_->setVisible(!status.problem.isEmpty());
  problem_->setStyleSheet(
      QStringLiteral("QLabel { background: %1; color: %2; border: 1px solid %3; border-radius: 4px; }")
          .arg(colors.background.name(), colors.text.name(), colors.border.name()));
  const bool under =
      status.state == DownloadStatus::State::Running || status.state == DownloadStatus::State::Unfinished;
  progress_->setVisible(under);
  progress_->setValue(status.percent());
  progressText_->setVisible(under);
  progressText_->setText(
      tr("%1 of %2").arg(locale.formattedDataSize(status.received, 1), locale.formattedDataSize(status.total, 1)));

  QString rows;
  const auto add = [&rows](const QString& name, const QString& value) {
    if (value.isEmpty()) return;
    rows += QStringLiteral(
                "<tr><td style=\"padding: 0 10px 6px 0; white-space: nowrap\">%1</td>"
                "<td style=\"padding-bottom: 6px\">%2</td></tr>")
                .arg(name.toHtmlEscaped(), value);
  };
  add(tr("Note"), html(entry.note));
  add(tr("Paper"), link(palette(), entry.paperUrl, entry.paper) + QStringLiteral(" (%1)").arg(entry.year));
  if (entry.top1) {
    const QString both = entry.top5
                             ? tr("top-1 %1 %, top-5 %2 %")
                                   .arg(locale.toString(*entry.top1, 'f', 2), locale.toString(*entry.top5, 'f', 2))
                             : tr("top-1 %1 %").arg(locale.toString(*entry.top1, 'f', 2));
    const Catalogue& catalogue = queue_.catalogue();
    add(tr("Accuracy"), both.toHtmlEscaped() + QStringLiteral("<br>") +
                            link(palette(), catalogue.accuracySourceUrl, catalogue.accuracySource));
  }
  if (entry.parameters > 0) add(tr("Parameters"), countText(entry.parameters).toHtmlEscaped());
  add(tr("Input"), preprocessing(entry.card).toHtmlEscaped());
  add(tr("Licence"), link(palette(), entry.licence.url, entry.licence.name));
  add(tr("Terms"), html(entry.licence.terms) +
                       (entry.licence.termsUrl.empty()
                            ? QString()
                            : QStringLiteral(" ") + link(palette(), entry.licence.termsUrl, "image-net.org")));
  add(tr("From"), html(entry.url));
  add(tr("SHA-256"), entry.sha256.size() == 64 ? html(entry.sha256) : tr("begins with %1").arg(html(entry.sha256)));
  add(status.state == DownloadStatus::State::Here ? tr("Lies at") : tr("Will lie at"),
      QDir::toNativeSeparators(queue_.store().pathOf(entry)).toHtmlEscaped());
  facts_->setHtml(QStringLiteral("<table cellspacing=\"0\">%1</table>").arg(rows));
}

}  // namespace unitscope
