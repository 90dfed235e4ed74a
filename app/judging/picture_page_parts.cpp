// Layout of the page about one picture.
#include <QCheckBox>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QFormLayout>
#include <QLabel>
#include <QPushButton>
#include <QSettings>
#include <QSpinBox>
#include <QSplitter>
#include <QStackedWidget>
#include <QTabWidget>
#include <QVBoxLayout>

#include "app/app_settings.h"
#include "app/attribution/method_panel.h"
#include "app/counterfactual/brush_canvas.h"
#include "app/judging/check_list.h"
#include "app/judging/mask_editor.h"
#include "app/judging/picture_page.h"
#include "app/judging/sanity_panel.h"
#include "app/judging/score_table.h"
#include "app/messages.h"
#include "widgets/control_column.h"
#include "widgets/curve_chart.h"
#include "widgets/empty_state.h"

namespace unitscope {

void PicturePage::makeLayout() {
  auto* side = new QWidget;
  auto* column = new QVBoxLayout(side);
  column->setContentsMargins(10, 8, 8, 8);
  column->setSpacing(8);
  start_ = new QPushButton;
  start_->setDefault(true);
  start_->setToolTip(tr("Runs in the background; the curves appear one method after the other"));
  column->addWidget(start_);
  mask_ = new MaskEditor;
  mask_->canvas()->setFixedHeight(int(fontMetrics().height() * 13));
  mask_->canvas()->setWheel(ImageCanvas::Wheel::ZoomsWithControl);  // the plain one scrolls
  column->addWidget(mask_);
  panel_ = new MethodPanel(infos_);
  adopt_ = new QPushButton(tr("As compared in Attribution"));
  adopt_->setToolTip(tr("Takes the methods over from the attribution workspace, with their parameters and layers"));
  adopt_->setVisible(attributionState_ != nullptr);
  column->addWidget(adopt_);
  column->addWidget(panel_);
  auto* heading = new QLabel(tr("Metrics"));
  QFont bold = heading->font();
  bold.setBold(true);
  heading->setFont(bold);
  column->addWidget(heading);
  QVector<CheckItem> items;
  for (const MetricInfo& info : judgeMetrics()) {
    const QString id = QString::fromStdString(info.id);
    if (!isSanityCheck(id)) items.append({id, QString::fromStdString(info.title), metricHelp(info)});
  }
  metrics_ = new CheckList(items, tr("Metrics"), false, 12);
  column->addWidget(metrics_);
  auto* form = new QFormLayout;
  points_ = new QSpinBox;
  points_->setRange(8, 1024);
  points_->setSingleStep(8);
  points_->setKeyboardTracking(false);
  points_->setAccessibleName(tr("Points of a curve"));
  points_->setToolTip(tr("More make finer curves and take longer"));
  form->addRow(tr("Points of a curve"), points_);
  column->addLayout(form);
  absolute_ = new QCheckBox(tr("Magnitudes"));
  absolute_->setToolTip(
      tr("Judges the largest magnitude over the colour channels instead of their sum: for maps whose "
         "sign says little, like plain gradients"));
  column->addWidget(absolute_);
  column->addStretch(1);

  stack_ = new QStackedWidget;
  empty_ = new EmptyState;
  empty_->setIcon(QStringLiteral("chart"));
  stack_->addWidget(empty_);

  auto* halves = new QSplitter(Qt::Vertical);
  halves->setChildrenCollapsible(false);
  charts_ = new QStackedWidget;
  invitation_ = new EmptyState;
  invitation_->setIcon(QStringLiteral("chart"));
  invitation_->setHeadline(tr("Which heatmap is to be believed?"));
  invitation_->setText(
      tr("Pixels are taken away, the hottest first: the better the heatmap, the faster the network loses the class. "
         "Judge the heatmaps to see the curves of all ticked methods."));
  charts_->addWidget(invitation_);
  auto* curves = new QSplitter(Qt::Horizontal);
  curves->setChildrenCollapsible(false);
  deletion_ = new CurveChart;
  deletion_->setTitle(tr("Deletion (lower is better)"));
  deletion_->setAxisTitles(tr("Taken away"), tr("Probability"));
  insertion_ = new CurveChart;
  insertion_->setTitle(tr("Insertion (higher is better)"));
  insertion_->setAxisTitles(tr("Put in"), tr("Probability"));
  for (CurveChart* chart : {deletion_, insertion_}) {
    curves->addWidget(chart);
    connect(chart, &CurveChart::saved, this, [this](const QString& file, bool fine) {
      if (fine) return context_.messages.success(QFileInfo(file).fileName(), tr("saved"));
      context_.messages.error(file, tr("could not be written; is the folder writable?"));
    });
  }
  charts_->addWidget(curves);
  halves->addWidget(charts_);

  tabs_ = new QTabWidget;
  tabs_->setDocumentMode(true);
  auto* scores = new QWidget;
  auto* below = new QVBoxLayout(scores);
  below->setContentsMargins(0, 0, 0, 0);
  below->setSpacing(2);
  status_ = new QLabel;
  status_->setContentsMargins(8, 4, 8, 2);
  status_->setWordWrap(true);
  table_ = new ScoreTable(tr("Methods against metrics"));
  below->addWidget(status_);
  below->addWidget(table_, 1);
  sanity_ = new SanityPanel;
  tabs_->addTab(scores, tr("Scores"));
  tabs_->addTab(sanity_, tr("Sanity check"));
  tabs_->setTabToolTip(1, tr("Does a heatmap change when the network forgets what it learned?"));
  halves->addWidget(tabs_);
  halves->setSizes({380, 300});
  stack_->addWidget(halves);

  layBeside(this, side, stack_, {250, 750});
}

void PicturePage::pickMaskFile() {
  QSettings& store = context_.settings.store();
  auto* dialog =
      new QFileDialog(this, tr("Where the object is"), store.value("folders/masks", QDir::homePath()).toString(),
                      tr("Pictures (*.png *.bmp *.jpg *.jpeg *.tif *.tiff *.webp)"));
  dialog->setFileMode(QFileDialog::ExistingFile);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  connect(dialog, &QFileDialog::fileSelected, this, [this, &store](const QString& file) {
    store.setValue("folders/masks", QFileInfo(file).absolutePath());
    maskFiles_.remove(file);  // it may have changed
    editMask(tr("Mask from a file"), [&](MaskDrawing& mask) { mask = {file, {}}; });
  });
  dialog->open();
}

}  // namespace unitscope
