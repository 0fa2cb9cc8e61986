"""Names of people, by culture, and what they do for a living."""

from firstwin.demo.words import words

NAMES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "british": (
        words(
            """Alice Amara Beth Callum Charlotte Daniel Dev Eleanor Emma Farah Fiona George Grace Hamish Harriet Imogen
        Isaac James Jasmine Kieran Laura Lewis Lucy Martin Megan Nathan Olivia Oscar Peter Poppy Rhys Rosie
        Samuel Sophie Thomas Yasmin Zara"""
        ),
        words(
            """Adeyemi Ashworth Barker Bennett Blake Campbell Carter Chowdhury Clarke Cooper Davies Ellis Fletcher Fraser
        Green Hargreaves Hughes Hussain Ibrahim Jenkins Khan Lawson MacLeod Mitchell Murray Okafor Palmer
        Patel Pritchard Reid Shaw Sutton Taylor Turner Walker Whitfield Wright"""
        ),
    ),
    "american": (
        words(
            """Aaliyah Andre Angela Brandon Brianna Carlos Chloe Darnell Denise Diego Elena Erica Ethan Gabriela Hannah
        Jamal Jennifer Jose Kayla Kevin Kwame Latoya Luis Marcus Maria Megan Mei Miguel Naomi Patrick Priya
        Rachel Ryan Sarah Steven Tanya Trevor Valerie Wei"""
        ),
        words(
            """Anderson Brooks Castillo Chang Chen Coleman Diaz Edwards Foster Garcia Gonzalez Hayes Henderson Howard
        Jackson Jensen Johnson Kim Kowalski Lee Lopez Martinez Miller Morales Nelson Nguyen Park Peterson
        Ramirez Rivera Robinson Sanders Schultz Singh Stewart Torres Tran Washington Wong"""
        ),
    ),
    "irish": (
        words(
            """Aoife Brendan Caoimhe Ciarán Conor Declan Eimear Fergal Gráinne Liam Maeve Niall Niamh Oisín Orla Pádraig
        Róisín Saoirse Seán Sinéad"""
        ),
        words(
            """Brennan Byrne Connolly Doyle Fitzgerald Gallagher Healy Keane Kelleher Kennedy Lynch McCarthy Murphy Nolan
        O'Brien O'Connor O'Sullivan Quinn Ryan Walsh"""
        ),
    ),
    "german": (
        words(
            """Andreas Anja Aylin Birgit Christoph Dilan Dirk Elif Emre Franziska Greta Hannes Heike Jan Jonas Jürgen
        Katrin Lena Lukas Markus Mehmet Melanie Michaela Nina Petra Ralf Sabine Sebastian Silke Stefan
        Tobias Ulrike Uwe Wolfgang"""
        ),
        words(
            """Albrecht Arslan Bauer Becker Böhm Brandt Demir Dietrich Engel Fischer Frank Friedrich Graf Haas Hartmann
        Hoffmann Huber Jäger Kaiser Kaya Keller Koch König Krause Krüger Lehmann Lorenz Maier Neumann
        Özdemir Richter Roth Schäfer Schreiber Seidel Sommer Vogel Winkler Yılmaz Ziegler"""
        ),
    ),
    "french": (
        words(
            """Adèle Amélie Antoine Aurélien Camille Céline Clément Élodie Fabrice Fatou François Guillaume Hélène Inès
        Jean-Marc Julien Karim Laurent Léa Manon Mathieu Nadia Nathalie Olivier Pascal Rachid Samira Solène
        Théo Thierry Valérie"""
        ),
        words(
            """Benali Bernard Blanchard Bonnet Boucher Chevalier Cissé Colin Diallo Dupuis Durand Fontaine Fournier Garnier
        Gauthier Girard Haddad Lambert Leclerc Lefèvre Marchand Mercier Moreau Nguyen Perrin Picard Renard
        Rousseau Roux Traoré Vidal"""
        ),
    ),
    "spanish": (
        words(
            """Adrián Alejandra Álvaro Andrés Beatriz Camila Carmen Cristina Daniela Eduardo Elena Esteban Fernando Gonzalo
        Inés Íñigo Javier Jimena Lorena Lucía Manuel Mariana Mateo Nuria Pablo Paloma Ramón Rocío Sergio
        Sofía Tomás Valentina Ximena"""
        ),
        words(
            """Aguilar Alonso Álvarez Benítez Cabrera Campos Castro Cortés Delgado Domínguez Espinoza Fuentes Gallego
        Gutiérrez Herrera Ibáñez Iglesias Marín Medina Molina Navarro Núñez Ortega Peña Ramos Rojas Rubio
        Salazar Santos Serrano Soto Vargas Vega"""
        ),
    ),
    "portuguese": (
        words(
            """Ana André Beatriz Bruno Caio Carolina Débora Diogo Fábio Fernanda Gustavo Helena Inês João Joana Larissa
        Luísa Marcelo Mariana Nuno Paulo Rafael Renata Ricardo Rita Rodrigo Thiago Vanessa"""
        ),
        words(
            """Almeida Andrade Barbosa Barros Cardoso Carvalho Correia Dias Duarte Esteves Ferreira Figueiredo Gomes Lopes
        Machado Martins Matos Monteiro Moreira Neves Nogueira Oliveira Pereira Pinto Ribeiro Rocha Teixeira
        Vieira"""
        ),
    ),
    "italian": (
        words(
            """Alessandra Andrea Beatrice Bruno Carlo Chiara Claudia Dario Davide Elisa Enrico Federica Francesca Gianluca
        Giorgia Giulia Ilaria Leonardo Luca Marco Martina Matteo Paola Pietro Roberta Sara Silvia Simone
        Stefano Valentina"""
        ),
        words("""Barbieri Bellini Benedetti Bianchi Caruso Colombo Conti Costa D'Amico De_Luca Esposito Fabbri Ferrara
        Fontana Galli Gentile Greco Longo Lombardi Mancini Marchetti Marino Martini Moretti Pellegrini Ricci Rinaldi
        Rizzo Sartori Villa"""),
    ),
    "dutch": (
        words(
            """Annemarie Bart Bas Daan Esther Eva Femke Floor Hanneke Ilse Jelle Jeroen Joost Karin Lieke Lotte Maarten
        Marieke Niels Nadia Pieter Rik Ruben Sanne Sven Thijs Tom Willemijn Youssef"""
        ),
        words(
            """Bakker Bos Brouwer de_Boer de_Groot de_Vries Dekker El_Amrani Hendriks Hoekstra Jacobs Jansen Kok Kuiper
        Maes Meijer Mulder Peeters Peters Smit van_Dam van_den_Berg van_der_Meer van_Leeuwen Vermeulen
        Visser Vos Willems"""
        ),
    ),
    "nordic": (
        words(
            """Aino Anders Astrid Birgitta Bjørn Ebba Eino Elin Emil Erik Freja Gustav Hanna Henrik Ingrid Jukka Kaisa
        Karin Kirsten Lars Linnea Magnus Maja Mikkel Nils Oskar Rasmus Signe Sigrid Søren Tuuli Ulf Viveka"""
        ),
        words(
            """Ahonen Andersen Berg Bergström Christensen Dahl Eklund Forsberg Haugen Heikkinen Holm Isaksson Jakobsen
        Johansson Korhonen Kristiansen Larsen Laine Lindqvist Lund Lundgren Mäkinen Møller Nyberg Nyström
        Olsen Rasmussen Sandberg Sjöberg Solberg Strand Virtanen Åkesson Østergaard"""
        ),
    ),
    "polish": (
        words(
            """Agnieszka Aleksandra Andrzej Anna Bartosz Ewa Grzegorz Jakub Joanna Kamil Katarzyna Krzysztof Łukasz
        Magdalena Małgorzata Marcin Marek Michał Monika Natalia Paweł Piotr Tomasz Wojciech Zofia"""
        ),
        words(
            """Adamczyk Baran Chmielewska Dąbrowski Dudek Górski Jabłońska Jankowski Kaczmarek Kamińska Krawczyk Król
        Lewandowska Majewski Mazur Nowicka Olszewski Pawlak Piotrowska Rutkowski Sikora Szymańska Walczak
        Wieczorek Wójcik Zając"""
        ),
    ),
    "indian": (
        words(
            """Aarav Aditi Ajay Ananya Anil Arjun Deepa Divya Farhan Gaurav Harpreet Imran Ishita Kavita Kiran Lakshmi
        Manish Meera Mohan Neha Nikhil Pooja Pranav Priya Rahul Ravi Rekha Rohit Sandeep Shreya Sunita Tanvi
        Uma Vikram Vivek Zoya"""
        ),
        words(
            """Agarwal Ahmed Bose Chandra Chatterjee Desai Deshpande Dutta Fernandes Ghosh Gupta Iyer Jain Joshi Kapoor
        Kaur Kulkarni Kumar Mehta Menon Mishra Mukherjee Nair Pandey Patil Pillai Rao Reddy Saxena Shah
        Sharma Shetty Sinha Thomas Varma Verma"""
        ),
    ),
    "japanese": (
        words(
            """Aiko Akira Asuka Ayumi Daichi Emi Haruka Haruto Hiroshi Kaori Kazuki Keiko Kenta Mai Makoto Mariko Masato
        Megumi Naoki Nozomi Ryo Sakura Satoshi Shiori Takashi Takumi Tomoko Yuki Yuto Yoko"""
        ),
        words(
            """Abe Arai Endo Fujita Goto Hasegawa Hayashi Ikeda Inoue Ishikawa Ito Kato Kimura Kobayashi Kondo Maeda
        Matsumoto Miyazaki Mori Murakami Nakagawa Nakajima Nishimura Ogawa Okada Ono Saito Sasaki Shimizu
        Takahashi Tanaka Ueda Wada Watanabe Yamashita"""
        ),
    ),
}

# role → (title, needs a company of at least so many employees)
TITLES: dict[str, tuple[str, ...]] = {
    "sponsor": (
        "Chief Operating Officer", "VP Operations", "Managing Director", "Director of Facilities",
        "Chief Financial Officer", "Operations Director", "Head of Engineering", "General Manager",
    ),
    "champion": (
        "Maintenance Manager", "Continuous Improvement Lead", "Operations Manager", "Reliability Engineer",
        "Digital Transformation Lead", "Head of Maintenance", "Plant Manager", "Service Manager",
    ),
    "doer": (
        "Maintenance Planner", "Shift Supervisor", "Work Order Coordinator", "Site Administrator", "Team Lead",
        "Inspection Technician", "Scheduler", "Stores Controller", "Field Coordinator",
    ),
    "accountable": (
        "Programme Manager", "Head of Operations", "Asset Manager", "Project Manager", "Regional Manager",
        "Compliance Manager",
    ),
    "technical": ("IT Manager", "Systems Administrator", "Security Officer", "Integration Developer", "Data Engineer"),
    "influencer": (
        "Procurement Manager", "Health and Safety Lead", "Finance Business Partner", "Union Representative",
        "Training Manager", "Quality Manager",
    ),
    "": ("Technician", "Planner", "Analyst", "Storekeeper", "Supervisor", "Engineer"),
}  # fmt: skip
