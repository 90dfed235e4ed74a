#include "app/card_dialog.h"

#include <QComboBox>
#include <QFrame>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

#include "app/availability.h"
#include "app/card_form.h"
#include "app/card_text.h"
#include "app/image_convert.h"
#include "widgets/dialog_buttons.h"
#include "widgets/theme.h"

namespace unitscope {

namespace {

constexpr int kSeenSide = 224;

QStringList namesOf(const Graph& graph, const std::vector<ValueId>& ids) {
  QStringList names;
  for (const ValueId id : ids) names << QString::fromStdString(graph.value(id).name);
  return names;
}

}  // namespace

CardDialog::CardDialog(Studio& studio, QWidget* parent) : QDialog(parent), studio_(studio) {
  setAttribute(Qt::WA_DeleteOnClose);
  const Document& document = studio_.document();
  const ModelCard& card = document.card();
  setWindowTitle(tr("Model card: %1").arg(document.opened().title));
  const Graph& graph = document.model()->graph();
  form_ = new CardForm(namesOf(graph, graph.inputs()), namesOf(graph, graph.outputs()), document.opened().path);

  auto* head = new QLabel;
  head->setWordWrap(true);
  if (card.guessed) {
    QStringList guesses;
    for (const std::string& guess : card.guesses) guesses << QString::fromStdString(guess);
    head->setText(tr("The file does not say how pictures are to be prepared. This was guessed; please look it over.") +
                  (guesses.isEmpty() ? QString() : "\n\u2022 " + guesses.join("\n\u2022 ")));
  } else {
    head->setText(tr("How pictures are prepared for this network, and what its answers mean."));
  }
  complaint_ = new QLabel;
  complaint_->setWordWrap(true);
  complaint_->setObjectName("complaint");
  QPalette red = complaint_->palette();
  red.setColor(QPalette::WindowText, themeColors(palette()).error.icon);
  complaint_->setPalette(red);
  auto* buttons = makeDialogButtons(QDialogButtonBox::Ok | QDialogButtonBox::Cancel);
  confirm_ = buttons->button(QDialogButtonBox::Ok);
  confirm_->setText(card.guessed ? tr("Confirm") : tr("Save"));
  confirm_->setToolTip(tr("Kept beside the model, so that it is not asked again"));
  buttons->button(QDialogButtonBox::Cancel)->setText(card.guessed ? tr("Later") : tr("Cancel"));

  auto* area = new QScrollArea;
  area->setWidget(form_);
  area->setWidgetResizable(true);
  area->setFrameShape(QFrame::NoFrame);
  area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  auto* middle = new QHBoxLayout;
  middle->setSpacing(16);
  middle->addWidget(area, 1);
  middle->addWidget(makePreview());
  auto* column = new QVBoxLayout(this);
  column->addWidget(head);
  column->addLayout(middle, 1);
  column->addWidget(complaint_);
  column->addWidget(buttons);
  form_->setCard(card);
  area->setMinimumWidth(form_->sizeHint().width() + 24);
  resize(840, 610);

  delay_.setSingleShot(true);
  delay_.setInterval(150);
  connect(&delay_, &QTimer::timeout, this, &CardDialog::preview);
  connect(form_, &CardForm::edited, this, &CardDialog::edited);
  connect(picture_, &QComboBox::currentIndexChanged, this, &CardDialog::preview);
  connect(buttons, &QDialogButtonBox::accepted, this, &CardDialog::accept);
  connect(buttons, &QDialogButtonBox::rejected, this, &CardDialog::reject);
  connect(&studio_.document(), &Document::picturesChanged, this, [this] {
    listPictures();
    preview();  // at once: the workspace is about to ask for much that takes longer
  });
  // Another network has another card.
  connect(&studio_.document(), &Document::modelChanged, this, &CardDialog::reject);
  edited();
  preview();
}

QWidget* CardDialog::makePreview() {
  picture_ = new QComboBox;
  picture_->setAccessibleName(tr("Picture to try"));
  picture_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  picture_->setMinimumContentsLength(18);
  listPictures();
  seen_ = new QLabel;
  seen_->setFixedSize(kSeenSide + 2, kSeenSide + 2);
  seen_->setAlignment(Qt::AlignCenter);
  seen_->setFrameShape(QFrame::StyledPanel);
  seen_->setAccessibleName(tr("The picture as the network sees it"));
  answer_ = new QLabel;
  answer_->setWordWrap(true);
  answer_->setTextFormat(Qt::RichText);
  answer_->setAlignment(Qt::AlignTop | Qt::AlignLeft);
  answer_->setObjectName("answer");
  auto* side = new QWidget;
  side->setFixedWidth(kSeenSide + 4);
  auto* column = new QVBoxLayout(side);
  column->setContentsMargins(0, 0, 0, 0);
  column->addWidget(new QLabel(tr("Try it on")));
  column->addWidget(picture_);
  column->addWidget(new QLabel(tr("The network sees")));
  column->addWidget(seen_);
  column->addWidget(new QLabel(tr("and answers")));
  column->addWidget(answer_, 1);
  return side;
}

QString CardDialog::problem() const {
  if (!studio_.document().hasModel()) return tr("The network was closed");
  const Graph& graph = studio_.document().model()->graph();
  return cardProblem(form_->card(), namesOf(graph, graph.inputs()), namesOf(graph, graph.outputs()));
}

void CardDialog::edited() {
  const QString why = problem();
  complaint_->setText(why);
  setAvailable(*confirm_, why);
  if (why.isEmpty()) {
    delay_.start();
  } else {
    delay_.stop();
  }
}

void CardDialog::listPictures() {
  const int chosen = picture_->currentData().toInt();
  const QSignalBlocker quiet(picture_);
  picture_->clear();
  for (const PictureEntry& picture : studio_.document().pictures()) picture_->addItem(picture.name, picture.id);
  if (picture_->count() == 0) picture_->addItem(tr("A drawn picture"), 0);
  const int at = picture_->findData(chosen == 0 ? studio_.selection().focus().image : chosen);
  picture_->setCurrentIndex(std::max(0, at));
}

ImagePtr CardDialog::chosenPicture() const {
  const PictureEntry* picture = studio_.document().picture(picture_->currentData().toInt());
  return picture ? picture->pixels : studio_.anyPicture();
}

void CardDialog::preview() {
  if (!studio_.document().hasModel() || !problem().isEmpty()) return;
  delay_.stop();
  if (seen_->pixmap().isNull()) seen_->setText(tr("Waiting for the engine\u2026"));
  studio_.engine().preview(
      studio_.document().model(), QStringLiteral("card"), chosenPicture(), form_->card(), this,
      [this](const Classification& answer) { showSeen(answer); },
      [this](const Problem& problem) {
        if (problem.cancelled) return;
        seen_->setPixmap({});
        answer_->setText(problem.reason.toHtmlEscaped());
      });
}

void CardDialog::showSeen(const Classification& answer) {
  if (answer.prepared.seen) {
    const double ratio = devicePixelRatioF();
    const int side = static_cast<int>(kSeenSide * ratio);
    QPixmap pixmap = QPixmap::fromImage(toQImage(*answer.prepared.seen))
                         .scaled(side, side, Qt::KeepAspectRatio, Qt::SmoothTransformation);
    pixmap.setDevicePixelRatio(ratio);
    seen_->setPixmap(pixmap);
  }
  const ModelCard card = form_->card();
  QString rows;
  for (const Prediction& prediction : answer.top) {
    const auto index = static_cast<std::size_t>(prediction.index);
    const QString label =
        index < card.labels.size() ? QString::fromStdString(card.labels[index]) : tr("class %1").arg(prediction.index);
    rows += QStringLiteral("<tr><td align='right'>%1 %&nbsp;&nbsp;</td><td>%2</td></tr>")
                .arg(QLocale().toString(100.0 * prediction.probability, 'f', 1), label.toHtmlEscaped());
  }
  answer_->setText("<table>" + rows + "</table>");
}

void CardDialog::accept() {
  if (!problem().isEmpty()) return;
  studio_.confirmCard(form_->card());
  QDialog::accept();
}

}  // namespace unitscope
